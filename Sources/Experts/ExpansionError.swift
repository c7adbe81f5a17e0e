/// Why a circuit has no expansion.
///
/// ```swift
/// try expert.lift(inputs: [[0.1], [0.2, 0.3]])    // throws .wrongInputCount(datum: 1, found: 2, expected: 1)
/// ```
public enum ExpansionError: Error, Equatable, CustomStringConvertible {
    /// No datum was given.
    case noDatum
    /// A datum has a wrong number of values.
    case wrongInputCount(datum: Int, found: Int, expected: Int)
    /// A value is infinite or not a number.
    case notFinite(datum: Int, input: String, value: Double)
    /// An angle of the circuit is not finite though the inputs are.
    case angleOverflow(datum: Int)
    /// The amplitudes of the initial state are all zero.
    case zeroVector(datum: Int)
    /// A coefficient or a target is so large that sums of squares would overflow.
    case tooLarge(value: Double, limit: Double)
    /// The pairs of Pauli string and monomial are more than the limit.
    case tooManyTerms(limit: Int)
    /// They are, and a state vector cannot have the circuit's qubits.
    case tooManyTermsAndQubits(limit: Int, qubitCount: Int)
    /// The direct path is asked for, and a state vector cannot have the circuit's qubits.
    case tooManyQubits(Int)

    /// What was found, what was expected and what to do.
    public var description: String {
        switch self {
        case .noDatum: "found no datum, expected at least one"
        case .wrongInputCount(let datum, let found, let expected):
            "datum \(datum) has \(found) values, expected \(expected)"
        case .notFinite(let datum, let input, let value):
            "datum \(datum) has the value \(value) for '\(input)', expected a finite number"
        case .angleOverflow(let datum):
            "datum \(datum) makes an angle of the circuit overflow, expected inputs whose multiples are finite"
        case .zeroVector(let datum):
            "datum \(datum) has zeros only for the amplitudes of the initial state, expected a vector that has a direction"
        case .tooLarge(let value, let limit):
            "found a coefficient or target of size \(value), expected at most \(limit), as sums of squares are taken: rescale "
                + "the observable, the targets, and data that are no angles"
        case .tooManyTerms(let limit):
            "the expansion has more than \(limit) terms; take a shallower circuit or fewer trained inputs, raise the limit of terms "
                + "(expert.term_limit), or leave the choice of the path open (expert.path: auto), which ends with the state vector"
        case .tooManyTermsAndQubits(let limit, let qubitCount):
            "the expansion has more than \(limit) terms, and a state vector holds \(QuantumExpert.largestQubitCount) qubits, "
                + "the circuit has \(qubitCount): take a shallower circuit, leave out qubits that the observable does not depend "
                + "on, train fewer inputs, or raise the limit of terms"
        case .tooManyQubits(let qubitCount):
            "the direct path is asked for, and a state vector holds \(QuantumExpert.largestQubitCount) qubits, the circuit has "
                + "\(qubitCount): leave the choice of the path open, or leave out qubits that the observable does not depend on"
        }
    }
}

extension ExpansionError {
    /// The datum that is to blame, as its place among the data.
    public var datum: Int? {
        switch self {
        case .wrongInputCount(let datum, _, _), .notFinite(let datum, _, _), .zeroVector(let datum),
            .angleOverflow(let datum):
            datum
        case .noDatum, .tooLarge, .tooManyTerms, .tooManyTermsAndQubits, .tooManyQubits: nil
        }
    }

    /// Squares of numbers up to this size, times squared harmonics and added over all data, stay finite.
    private static let largestSize = 1e140

    /// Refuses numbers of which losses, kernels and bounds would overflow.
    ///
    /// - Throws: `ExpansionError.tooLarge`.
    public static func check(sizes: [Double], targets: [Double], amplitude: Double) throws {
        let factor = max(abs(amplitude), 1)
        if let size = (sizes.lazy.map { $0 * factor } + targets).first(where: { !(abs($0) <= largestSize) }) {
            throw ExpansionError.tooLarge(value: size, limit: largestSize)
        }
    }

    /// Checks rows of input values against the inputs' names.
    ///
    /// - Throws: `ExpansionError` when there is no datum, or a row has a wrong number of values or one that is not finite.
    static func check(_ inputs: [[Double]], names: [String]) throws {
        guard !inputs.isEmpty else { throw ExpansionError.noDatum }
        for (datum, row) in inputs.enumerated() {
            guard row.count == names.count else {
                throw ExpansionError.wrongInputCount(datum: datum, found: row.count, expected: names.count)
            }
            for (name, value) in zip(names, row) where !value.isFinite {
                throw ExpansionError.notFinite(datum: datum, input: name, value: value)
            }
        }
    }
}
