/// A quantum circuit whose angles are affine in named inputs; it starts in `|0…0⟩`, or in the state whose amplitudes are
/// given inputs.
///
/// Which inputs are trained and which are data is not the circuit's business: see `QuantumExpert`.
///
/// ```swift
/// let circuit = try Circuit(
///     qubitCount: 1, inputs: [.init("theta")],
///     instructions: [.init(.ry, qubits: [0], angles: [.input(0)])])
/// ```
public struct Circuit: Sendable, Hashable {
    /// A named real input.
    public struct Input: Sendable, Hashable {
        /// The input's name, `theta` or `theta[3]`.
        public let name: String
        /// The name of the array that it is an element of.
        public let array: String?

        /// An input of the given name, possibly an element of an array.
        public init(_ name: String, array: String? = nil) {
            self.name = name
            self.array = array
        }
    }

    /// A gate on qubits.
    public struct Instruction: Sendable, Hashable {
        /// The gate.
        public let gate: Gate
        /// The qubits, as many as the gate takes, all different.
        public let qubits: [Int]
        /// The angles, as many as the gate takes.
        public let angles: [AffineAngle]
        /// The line of the file that it comes from.
        public let line: Int?
        /// The column of that line at which the file calls the gate, in characters from 1.
        public let column: Int?
        /// The gate that the file calls there, when it is one whose definition this one stands in.
        public let definition: String?

        /// The gate on the given qubits with the given angles.
        public init(
            _ gate: Gate, qubits: [Int], angles: [AffineAngle] = [], line: Int? = nil, column: Int? = nil,
            definition: String? = nil
        ) {
            self.gate = gate
            self.qubits = qubits
            self.angles = angles
            self.line = line
            self.column = column
            self.definition = definition
        }
    }

    /// The number of qubits.
    public let qubitCount: Int
    /// The inputs in the order of their declaration.
    public let inputs: [Input]
    /// The gates in the order of their application.
    public let instructions: [Instruction]
    /// The inputs that are amplitudes of the state before the first gate, as indices in `inputs`; none when it is `|0…0⟩`.
    ///
    /// With the values `x_j` of these inputs that state is `Σ_j x_j |j⟩ / ‖x‖`; amplitudes that are not listed are zero. Qubit
    /// 0 is the highest bit of `j`.
    public let amplitudes: [Int]

    /// A circuit of the given gates.
    ///
    /// - Throws: `CircuitError` when there is no qubit, a name repeats, or a gate has a wrong number of qubits or angles, a
    ///   qubit or an input that does not exist, a repeated qubit, or an angle that is not finite; or when the amplitudes are
    ///   more than `2^qubitCount`, repeat, do not exist or are angles as well.
    public init(
        qubitCount: Int, inputs: [Input] = [], instructions: [Instruction] = [], amplitudes: [Int] = []
    ) throws {
        guard qubitCount >= 1 else { throw CircuitError.noQubit(qubitCount) }
        var names: Set<String> = []
        for input in inputs where !names.insert(input.name).inserted {
            throw CircuitError.repeatedInput(input.name)
        }
        for (index, instruction) in instructions.enumerated() {
            func refuse(_ reason: String) -> CircuitError {
                .badInstruction(index: index, gate: instruction.gate, reason: reason)
            }
            let gate = instruction.gate
            let qubits = instruction.qubits
            guard qubits.count == gate.qubitCount else {
                throw refuse("found \(qubits.count) qubits, expected \(gate.qubitCount)")
            }
            guard instruction.angles.count == gate.angleCount else {
                throw refuse("found \(instruction.angles.count) angles, expected \(gate.angleCount)")
            }
            if let qubit = qubits.first(where: { !(0..<qubitCount).contains($0) }) {
                throw refuse("found qubit \(qubit), expected 0 to \(qubitCount - 1)")
            }
            guard qubits.count < 2 || qubits[0] != qubits[1] else {
                throw refuse("found qubit \(qubits[0]) twice, expected different qubits")
            }
            for angle in instruction.angles {
                guard angle.isFinite else { throw refuse("found an angle that is not finite") }
                if let term = angle.terms.first(where: { !inputs.indices.contains($0.input) }) {
                    throw refuse("found input \(term.input) of \(inputs.count)")
                }
            }
        }
        self.qubitCount = qubitCount
        self.inputs = inputs
        self.instructions = instructions
        self.amplitudes = amplitudes
        try checkAmplitudes()
    }
}

/// Why a circuit cannot be made.
///
/// ```swift
/// try Circuit(qubitCount: 0, inputs: [], instructions: [])    // throws .noQubit(0)
/// ```
public enum CircuitError: Error, Equatable, CustomStringConvertible {
    /// There are fewer than one qubit.
    case noQubit(Int)
    /// Two inputs share a name.
    case repeatedInput(String)
    /// A gate does not fit the circuit.
    case badInstruction(index: Int, gate: Gate, reason: String)
    /// Amplitudes do not fit the circuit.
    case badAmplitudes(String)

    /// What was found and what was expected.
    public var description: String {
        switch self {
        case .noQubit(let count): "found \(count) qubits, expected at least 1"
        case .repeatedInput(let name): "found two inputs named '\(name)', expected different names"
        case .badInstruction(let index, let gate, let reason): "instruction \(index), gate \(gate.rawValue): \(reason)"
        case .badAmplitudes(let reason): "amplitudes of the initial state: \(reason)"
        }
    }
}
