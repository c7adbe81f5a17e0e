/// Which inputs of a circuit are trained, and which are data.
///
/// ```swift
/// let roles = try InputRoles(circuit: circuit, parameters: ["theta"])
/// roles.parameters.map { circuit.inputs[$0].name }    // theta[0], theta[1], … of an array
/// ```
///
/// A trained input must keep the model 2π-periodic. The differences of the eigenphases of a rotation, of `p` and of `cp` are
/// 1, and `u(θ, φ, λ)` is `rz(φ) ry(θ) rz(λ)` up to a phase, so there every integer factor does; a controlled rotation has
/// differences of ½ and never does.
public struct InputRoles: Sendable, Hashable {
    /// The circuit's inputs that are trained, in the order of the parameters `θ`.
    public let parameters: [Int]
    /// The other inputs of the circuit in the order of their declaration.
    public let data: [Int]

    /// The largest factor of a trained input, which bounds the harmonics of the model.
    static let largestFactor = 1024.0

    /// The roles when the inputs with the given names are trained; an array's name means all its elements.
    ///
    /// - Throws: `ExpertError` when a name is unknown or repeats, is an amplitude of the initial state, or an angle would
    ///   break the 2π period.
    public init(circuit: Circuit, parameters names: [String]) throws {
        var chosen: [Int] = []
        var isTrained: Set<Int> = []
        var places: [String: [Int]] = [:]
        for (place, input) in circuit.inputs.enumerated() {
            places[input.name, default: []].append(place)
            if let array = input.array, array != input.name { places[array, default: []].append(place) }
        }
        for name in names {
            guard let matches = places[name] else {
                throw ExpertError.unknownParameter(name, inputs: circuit.inputs.map(\.name))
            }
            for match in matches {
                guard isTrained.insert(match).inserted else {
                    throw ExpertError.repeatedParameter(circuit.inputs[match].name)
                }
                chosen.append(match)
            }
        }
        if let input = circuit.amplitudes.first(where: isTrained.contains) {
            throw ExpertError.trainedAmplitude(circuit.inputs[input].name)
        }
        parameters = chosen
        data = circuit.inputs.indices.filter { !isTrained.contains($0) }

        for instruction in circuit.instructions {
            for term in instruction.angles.lazy.flatMap(\.terms) where isTrained.contains(term.input) {
                let reason: String
                switch instruction.gate {
                case .crx, .cry, .crz:
                    reason =
                        "a controlled rotation has the period 4π unless its factor is even, and is not taken with a trained angle; "
                        + "write it with rotations and cx, or make it data"
                default:
                    if term.factor.rounded() != term.factor {
                        reason = "its factor \(term.factor) is not an integer; rescale the input"
                    } else if abs(term.factor) > Self.largestFactor {
                        reason = "its factor \(term.factor) is beyond \(Int(Self.largestFactor))"
                    } else {
                        continue
                    }
                }
                throw ExpertError.notPeriodic(
                    input: circuit.inputs[term.input].name, instruction: instruction, reason: reason)
            }
        }
    }
}

/// Why an expert cannot be made of a circuit.
///
/// ```swift
/// try QuantumExpert(circuit: circuit, parameters: ["phi"], observable: PauliSum("Z0"))
/// // throws .unknownParameter("phi", inputs: ["x", "theta"]) when the circuit has these two
/// ```
public enum ExpertError: Error, Equatable, CustomStringConvertible {
    /// The circuit has no input of that name.
    case unknownParameter(String, inputs: [String])
    /// An input is named twice.
    case repeatedParameter(String)
    /// A trained input would not keep the model 2π-periodic.
    case notPeriodic(input: String, instruction: Circuit.Instruction, reason: String)
    /// A trained input is an amplitude of the initial state.
    case trainedAmplitude(String)
    /// The observable touches a qubit that the circuit does not have.
    case observableTooWide(qubit: Int, qubitCount: Int)
    /// The circuit has more qubits than the method can hold.
    case tooManyQubits(Int, limit: Int)
    /// A string of the observable sees more qubits than the method can hold.
    case coneTooWide(qubits: Int, limit: Int)

    /// What was found, what was expected and what to do.
    public var description: String { description(file: nil) }

    /// The same, with the places of gates in the circuit's file.
    public func description(file: String?) -> String {
        switch self {
        case .unknownParameter(let name, let inputs):
            "the circuit has no input '\(name)', expected one of: \(inputs.joined(separator: ", "))"
        case .repeatedParameter(let name): "the input '\(name)' is named twice among the parameters"
        case .notPeriodic(let input, let instruction, let reason):
            Self.place(of: instruction, file: file) + "gate \(instruction.gate.rawValue)"
                + (instruction.definition.map { " in the definition of '\($0)'" } ?? "")
                + ": the trained input '\(input)' must keep the model 2π-periodic, but \(reason)"
        case .trainedAmplitude(let name):
            "the input '\(name)' is an amplitude of the initial state and cannot be trained: amplitudes are data"
        case .observableTooWide(let qubit, let count):
            "the observable touches qubit \(qubit), expected 0 to \(count - 1) as the circuit has \(count)"
        case .coneTooWide(let count, let limit):
            "a string of the observable has \(count) qubits in its light cone, expected at most \(limit): take fewer layers "
                + "or a more local observable"
        case .tooManyQubits(let count, let limit):
            "found \(count) qubits, expected at most \(limit) with amplitudes that are data; leave out qubits that the observable "
                + "does not depend on"
        }
    }

    /// `file:line:column: `, as far as they are known.
    private static func place(of instruction: Circuit.Instruction, file: String?) -> String {
        guard let line = instruction.line else { return file.map { "\($0): " } ?? "" }
        guard let file else { return "line \(line)" + (instruction.column.map { ", column \($0): " } ?? ": ") }
        return "\(file):\(line):" + (instruction.column.map { "\($0): " } ?? " ")
    }
}
