import Foundation
import Torus

/// The exact lift of a circuit's expectation value to a trigonometric polynomial, in the Heisenberg picture.
///
/// ```swift
/// let roles = try InputRoles(circuit: circuit, parameters: ["theta"])
/// let propagation = try PauliPropagation(circuit: circuit, roles: roles, observable: PauliSum("Z0"))
/// let expansion = try propagation.expansion(inputs: data)
/// ```
///
/// Of a circuit with more than 64 qubits every string of the observable sees its light cone alone, which may have 64.
///
/// The observable is carried backwards through the circuit. A Clifford gate maps a Pauli string to one; a rotation by `φ` about
/// a string `G` leaves the strings that commute with `G` and maps the others to `cos φ · P + sin φ · iGP`. Data angles are
/// numbers, one a datum; trained angles multiply the monomial, and where an angle occurs more than once the products of its
/// cosines and sines become harmonics at once. In `|0…0⟩` the strings of I and Z count 1, the others 0; that is used on every
/// qubit as soon as no earlier gate touches it. Where the initial state is given by amplitudes, the strings that are left are
/// averaged in it, for all data at once.
///
/// Source: Heisenberg-picture simulation by branching at rotations, as in Nemkov, Kiktenko, Fedorov, *Fourier expansion in
/// variational quantum algorithms*, Phys. Rev. A 108, 032406 (2023).
public struct PauliPropagation: Sendable {
    /// The number of pairs of Pauli string and monomial beyond which `expansion` gives up.
    public static let defaultTermLimit = 1 << 20

    /// Data carried together: bounds the memory by `termLimit · dataBlock` numbers.
    private static let dataBlock = 32

    /// What it costs to find a term's row, in numbers of a row that are multiplied and added.
    private static let termCost = 32.0

    /// Coefficients below this share of `‖O‖` for every datum are zeros. A coefficient is a sum of products of cosines and
    /// sines, each off by at most about one unit 1.1e-16 of the last place, so what cancels exactly leaves a few units times
    /// `‖O‖` at most.
    private static let zeroThreshold = 1e-15

    /// Strings of the observable with the gates that they see.
    private struct Part: Sendable {
        let circuit: Circuit
        let observable: PauliSum
        let steps: [PropagationStep]
        /// For every step, the qubits that start in `|0⟩` and that no step before it touches.
        let settled: [UInt64]

        init(_ circuit: Circuit, _ observable: PauliSum, roles: InputRoles) {
            self.circuit = circuit
            self.observable = observable
            steps = PropagationStep.steps(of: circuit, roles: roles)
            var untouched = circuit.qubitsInZero
            settled = steps.map { step in
                defer { untouched &= ~step.support }
                return untouched
            }
        }
    }

    private let circuit: Circuit
    private let roles: InputRoles
    private let observable: PauliSum
    private let parts: [Part]
    private let termLimit: Int

    /// The propagation of an observable through a circuit.
    ///
    /// - Throws: `ExpertError` when the observable touches qubits that the circuit does not have, or one of its strings has more than 64 qubits in
    ///   its light cone.
    public init(
        circuit: Circuit, roles: InputRoles, observable: PauliSum, termLimit: Int = PauliPropagation.defaultTermLimit
    ) throws {
        guard observable.width <= circuit.qubitCount else {
            throw ExpertError.observableTooWide(qubit: observable.width - 1, qubitCount: circuit.qubitCount)
        }
        self.circuit = circuit
        self.roles = roles
        self.observable = observable
        // An Int32 numbers terms and monomials.
        self.termLimit = min(max(termLimit, 1), 1 << 28)
        guard circuit.qubitCount > UInt64.bitWidth else {
            parts = [Part(circuit, observable, roles: roles)]
            return
        }
        guard circuit.amplitudes.isEmpty else {
            throw ExpertError.tooManyQubits(circuit.qubitCount, limit: UInt64.bitWidth)
        }
        parts = try circuit.parts(of: observable).map { part in
            guard part.qubits.count <= UInt64.bitWidth else {
                throw ExpertError.coneTooWide(qubits: part.qubits.count, limit: UInt64.bitWidth)
            }
            return Part(part.circuit, part.observable, roles: roles)
        }
    }

    /// The expansion for the given data, all at once.
    ///
    /// - Parameter inputs: one row a datum, the data inputs in the order of their declaration.
    /// - Throws: `ExpansionError` when there is no datum, a row does not fit, or the terms grow beyond the limit.
    /// - Complexity: gates times terms times data; the terms double at most at every rotation. Amplitudes on `w` qubits add
    ///   `w 2^w` additions for every datum and every set of qubits that strings flip.
    public func expansion(inputs: [[Double]]) throws -> TrigonometricExpansion {
        guard let expansion = try expansion(inputs: inputs, operationLimit: .infinity) else {
            preconditionFailure("no number of operations is beyond infinity")
        }
        return expansion
    }

    /// The expansion for the given data, or `nil` when it takes more than a number of operations.
    ///
    /// An operation is about what a number of a row costs to be multiplied and added, `termCost` of them finding the row.
    func expansion(inputs: [[Double]], operationLimit: Double) throws -> TrigonometricExpansion? {
        try roles.check(inputs, for: circuit)
        var rows: [TrigonometricMonomial: [Double]] = [:]
        var operations = 0.0
        for start in stride(from: 0, to: inputs.count, by: Self.dataBlock) {
            let block = Array(inputs[start..<min(start + Self.dataBlock, inputs.count)])
            for part in parts {
                guard let rowsOfBlock = try rowsOfBlock(part, block, &operations, operationLimit) else { return nil }
                for (monomial, row) in rowsOfBlock {
                    for (a, value) in row.enumerated() {
                        rows[monomial, default: Array(repeating: 0, count: inputs.count)][start + a] += value
                    }
                }
                guard rows.count <= termLimit else { throw ExpansionError.tooManyTerms(limit: termLimit) }
            }
        }
        let threshold = Self.zeroThreshold * observable.norm
        let kept = rows.filter { $0.value.contains { abs($0) > threshold } }.sorted { $0.key < $1.key }
        return TrigonometricExpansion(
            basis: TrigonometricBasis(dimension: roles.parameters.count, monomials: kept.map(\.key)),
            datumCount: inputs.count, coefficients: kept.flatMap(\.value))
    }

    /// A part's coefficients of every monomial for a block of data, or `nil` when the operations grow beyond a limit.
    private func rowsOfBlock(
        _ part: Part, _ inputs: [[Double]], _ operations: inout Double, _ operationLimit: Double
    ) throws -> [(TrigonometricMonomial, [Double])]? {
        var table = MonomialTable()
        var polynomial = PauliPolynomial(datumCount: inputs.count)
        for term in part.observable.terms {
            polynomial.add(PauliWord(x: term.string.x, z: term.string.z), MonomialTable.one, term.coefficient)
        }
        var values = Array(repeating: 0.0, count: circuit.inputs.count)

        for (step, settled) in zip(part.steps, part.settled).reversed() {
            if step.isTurn {
                operations += Double(polynomial.count) * (Self.termCost + Double(inputs.count))
                guard operations <= operationLimit else { return nil }
            }
            switch step {
            case .hadamard(let qubit): polynomial.permute { Self.hadamard(qubit, &$0, &$1) }
            case .controlledX(let control, let target):
                polynomial.permute { Self.controlledX(control, target, &$0, &$1) }
            case .controlledZ(let a, let b): polynomial.permute { Self.controlledZ(a, b, &$0, &$1) }
            case .exchange(let a, let b): polynomial.permute { Self.exchange(a, b, &$0, &$1) }
            case .quarterTurns(let generator, let turns):
                polynomial.permute { Self.quarterTurns(generator, turns, &$0, &$1) }
            case .dataTurn(let generator, let angle):
                let angles = inputs.map { row in
                    for (input, value) in zip(roles.data, row) { values[input] = value }
                    return angle.value(values)
                }
                try turn(&polynomial, about: generator, by: angles, settled: settled)
            case .trainedTurn(let generator, let axis, let halves):
                try turn(
                    &polynomial, about: generator, axis: axis, halves: halves, settled: settled, table: &table)
            }
        }

        var rows = Array(repeating: [Double](), count: table.count)
        func row(_ term: Int) -> (number: Int, base: Int) {
            let number = Int(polynomial.monomial[term])
            if rows[number].isEmpty { rows[number] = Array(repeating: 0, count: inputs.count) }
            return (number, term * inputs.count)
        }
        if part.circuit.amplitudes.isEmpty {
            for term in 0..<polynomial.count where polynomial.x[term] == 0 {
                let (number, base) = row(term)
                for a in inputs.indices { rows[number][a] += polynomial.coefficients[base + a] }
            }
        } else {
            let state = AmplitudeExpectations(part.circuit, roles: roles, inputs: inputs)
            state.forEachTerm(of: polynomial) { term, values in
                let (number, base) = row(term)
                for (a, value) in values.enumerated() { rows[number][a] += polynomial.coefficients[base + a] * value }
            }
        }
        return rows.indices.filter { !rows[$0].isEmpty }.map { (Self.wholeAngles(table.monomial($0)), rows[$0]) }
    }

    /// A rotation by known angles, one a datum.
    private func turn(
        _ polynomial: inout PauliPolynomial, about generator: PauliWord, by angles: [Double], settled: UInt64
    ) throws {
        let (cosines, sines) = (angles.map { cos($0) }, angles.map { sin($0) })
        let hasSine = sines.contains { $0 != 0 }
        try branch(&polynomial, about: generator, settled: settled) { result, source, term, string, turned, sign in
            result.add(string, source.monomial[term], cosines, sign: 1, times: source, row: term)
            if hasSine { result.add(turned, source.monomial[term], sines, sign: sign, times: source, row: term) }
        }
    }

    /// A rotation by `halves · θ_axis / 2`. The table's monomials are in half angles.
    private func turn(
        _ polynomial: inout PauliPolynomial, about generator: PauliWord, axis: Int, halves: Int,
        settled: UInt64, table: inout MonomialTable
    ) throws {
        let cosine = TrigonometricMonomial.Factor(.cosine, axis: axis, harmonic: abs(halves))
        let sine = TrigonometricMonomial.Factor(.sine, axis: axis, harmonic: abs(halves))
        let orientation = halves < 0 ? -1.0 : 1.0
        let isFresh = table.claim(axis: axis)
        let unknown = (cosine: MonomialTable.Product(), sine: MonomialTable.Product())
        var products = Array(repeating: unknown, count: table.count)
        try branch(&polynomial, about: generator, settled: settled) { result, source, term, string, turned, sign in
            let monomial = source.monomial[term]
            var product = products[Int(monomial)]
            if product.cosine.first < 0 {
                product =
                    isFresh
                    ? (table.freshProduct(of: monomial, and: cosine), table.freshProduct(of: monomial, and: sine))
                    : (table.product(of: monomial, and: cosine), table.product(of: monomial, and: sine))
                products[Int(monomial)] = product
            }
            for (target, product, sign) in [
                (string, product.cosine, 1.0), (turned, product.sine, sign * orientation),
            ] {
                result.add(target, product.first, sign * product.firstCoefficient, times: source, row: term)
                if product.second >= 0 {
                    result.add(target, product.second, sign * product.secondCoefficient, times: source, row: term)
                }
            }
        }
    }

    /// Keeps the strings that commute with a generator and hands the others `P` to `body` with `±iGP` and its sign.
    private func branch(
        _ polynomial: inout PauliPolynomial, about generator: PauliWord, settled: UInt64,
        _ body: (
            _ result: inout PauliPolynomial, _ source: PauliPolynomial, _ term: Int, _ string: PauliWord,
            _ turned: PauliWord, _ sign: Double
        ) -> Void
    ) throws {
        let source = polynomial
        var result = PauliPolynomial(datumCount: source.datumCount, settled: settled, capacity: source.count)
        var turning: [Int] = []
        for term in 0..<source.count where !source.isZero(term) {
            let string = PauliWord(x: source.x[term], z: source.z[term])
            if string.commutes(withX: generator.x, z: generator.z) {
                if settled == source.settled {
                    result.append(string, source.monomial[term], copying: source, row: term)
                } else {
                    result.add(string, source.monomial[term], 1, times: source, row: term)
                }
            } else {
                turning.append(term)
            }
        }
        for term in turning {
            let string = PauliWord(x: source.x[term], z: source.z[term])
            let turned = PauliWord(x: string.x ^ generator.x, z: string.z ^ generator.z)
            body(&result, source, term, string, turned, Self.isMinus(generator, string, turned) ? -1 : 1)
            guard result.count <= termLimit else { throw ExpansionError.tooManyTerms(limit: termLimit) }
        }
        polynomial = result
    }

    /// Whether `iGP = −Q` for anticommuting `G` and `P` with `Q` the string of their product.
    @inline(__always)
    private static func isMinus(_ g: PauliWord, _ p: PauliWord, _ q: PauliWord) -> Bool {
        // G P = i^power Q from the powers of i in `i^{|x∧z|} X^x Z^z` and the exchange of G's Z with P's X.
        let power =
            (g.x & g.z).nonzeroBitCount &+ (p.x & p.z).nonzeroBitCount &- (q.x & q.z).nonzeroBitCount
            &+ 2 &* (g.z & p.x).nonzeroBitCount
        return (power &+ 1) & 3 != 0
    }

    private static func quarterTurns(
        _ generator: PauliWord, _ turns: Int, _ x: inout UInt64, _ z: inout UInt64
    )
        -> Bool
    {
        let string = PauliWord(x: x, z: z)
        if string.commutes(withX: generator.x, z: generator.z) { return false }
        if turns == 2 { return true }
        let turned = PauliWord(x: x ^ generator.x, z: z ^ generator.z)
        (x, z) = (turned.x, turned.z)
        return isMinus(generator, string, turned) != (turns == 3)
    }

    private static func hadamard(_ qubit: Int, _ x: inout UInt64, _ z: inout UInt64) -> Bool {
        let bit = UInt64(1) << UInt64(qubit)
        if (x ^ z) & bit != 0 {
            x ^= bit
            z ^= bit
        }
        return x & z & bit != 0
    }

    private static func controlledX(_ control: Int, _ target: Int, _ x: inout UInt64, _ z: inout UInt64) -> Bool {
        let (xc, zc) = (x >> UInt64(control) & 1, z >> UInt64(control) & 1)
        let (xt, zt) = (x >> UInt64(target) & 1, z >> UInt64(target) & 1)
        x ^= xc << UInt64(target)
        z ^= zt << UInt64(control)
        return xc & zt & (xt ^ zc ^ 1) == 1
    }

    private static func controlledZ(_ a: Int, _ b: Int, _ x: inout UInt64, _ z: inout UInt64) -> Bool {
        let (xa, za) = (x >> UInt64(a) & 1, z >> UInt64(a) & 1)
        let (xb, zb) = (x >> UInt64(b) & 1, z >> UInt64(b) & 1)
        z ^= xa << UInt64(b) | xb << UInt64(a)
        return xa & xb & (za ^ zb) == 1
    }

    private static func exchange(_ a: Int, _ b: Int, _ x: inout UInt64, _ z: inout UInt64) -> Bool {
        let differsInX = (x >> UInt64(a) ^ x >> UInt64(b)) & 1
        let differsInZ = (z >> UInt64(a) ^ z >> UInt64(b)) & 1
        x ^= differsInX << UInt64(a) | differsInX << UInt64(b)
        z ^= differsInZ << UInt64(a) | differsInZ << UInt64(b)
        return false
    }

    /// A monomial in half angles as one in whole angles: its harmonics are even, see `PropagationStep`.
    private static func wholeAngles(_ monomial: TrigonometricMonomial) -> TrigonometricMonomial {
        TrigonometricMonomial(
            monomial.factors.map { factor in
                precondition(factor.harmonic % 2 == 0, "a half angle is left")
                return TrigonometricMonomial.Factor(factor.kind, axis: factor.axis, harmonic: factor.harmonic / 2)
            })
    }
}
