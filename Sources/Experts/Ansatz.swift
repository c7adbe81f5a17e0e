/// A circuit of a known family: layers of trained rotations and entangling gates, with data as angles before them.
///
/// ```swift
/// var ansatz = Ansatz(.hardwareEfficient(), qubitCount: 4, layerCount: 2)
/// ansatz.encoding = .init(rotation: .rx, inputs: ["x0", "x1", "x2", "x3"])
/// let expert = try QuantumExpert(
///     circuit: ansatz.circuit(), parameters: ["theta"], observable: PauliSum("0.5 Z0 + 0.5 Z3"))
/// ```
public struct Ansatz: Sendable, Hashable {
    /// A rotation of one qubit.
    public enum Rotation: String, Sendable, Hashable, CaseIterable {
        /// About X.
        case rx
        /// About Y.
        case ry
        /// About Z.
        case rz

        var gate: Gate {
            switch self {
            case .rx: .rx
            case .ry: .ry
            case .rz: .rz
            }
        }
    }

    /// An entangling gate; of `cx` the first qubit of a pair is the control.
    public enum Entangler: String, Sendable, Hashable, CaseIterable {
        /// The controlled X.
        case cx
        /// The controlled Z.
        case cz

        var gate: Gate {
            switch self {
            case .cx: .cx
            case .cz: .cz
            }
        }
    }

    /// Which qubits are entangled, in this order.
    public enum Topology: String, Sendable, Hashable, CaseIterable {
        /// `(0, 1), (1, 2), …, (n−2, n−1)`.
        case line
        /// The line, and `(n−1, 0)` when there are more than two qubits.
        case ring

        /// The pairs among `count` qubits.
        func pairs(_ count: Int) -> [[Int]] {
            let line = (1..<max(count, 1)).map { [$0 - 1, $0] }
            return self == .ring && count > 2 ? line + [[count - 1, 0]] : line
        }
    }

    /// What a layer is made of.
    public enum Family: Sendable, Hashable {
        /// For each of the rotations in turn one on every qubit; then the entangler on every pair of the topology.
        case hardwareEfficient(rotations: [Rotation] = [.ry], entangler: Entangler = .cz, topology: Topology = .ring)
        /// PennyLane's `BasicEntanglerLayers`: a rotation of every qubit, then `cx` on the ring.
        case basicEntangler(rotation: Rotation = .rx)
        /// PennyLane's `StronglyEntanglingLayers`: `Rot(φ, θ, ω)` of every qubit, that is `rz(φ)`, `ry(θ)`, `rz(ω)`; then, in
        /// layer `l`, `cx` of every qubit `q` on `q + r` modulo `n` with the range `r = l mod (n − 1) + 1`.
        case stronglyEntangling
    }

    /// Data as angles: input `j` turns qubit `j`.
    public struct Encoding: Sendable, Hashable {
        /// The rotation of every qubit.
        public var rotation: Rotation
        /// The inputs' names, at most one a qubit; one name may stand for several qubits.
        public var inputs: [String]
        /// Whether the data are encoded before every layer rather than before the first one only.
        public var isRepeated: Bool
        /// What the inputs are multiplied by to be angles in radians.
        public var scale: Double

        /// The encoding of the given inputs.
        public init(rotation: Rotation = .rx, inputs: [String], isRepeated: Bool = false, scale: Double = 1) {
            self.rotation = rotation
            self.inputs = inputs
            self.isRepeated = isRepeated
            self.scale = scale
        }
    }

    /// What a layer is made of.
    public var family: Family
    /// The number of qubits.
    public var qubitCount: Int
    /// The number of layers.
    public var layerCount: Int
    /// The data, when they are angles.
    public var encoding: Encoding?
    /// Whether the rotations of a hardware-efficient layer follow once more at the end, as in Qiskit's `RealAmplitudes` and
    /// `EfficientSU2`.
    public var hasFinalRotations: Bool

    /// The ansatz of a family.
    public init(
        _ family: Family, qubitCount: Int, layerCount: Int, encoding: Encoding? = nil, hasFinalRotations: Bool = false
    ) {
        self.family = family
        self.qubitCount = qubitCount
        self.layerCount = layerCount
        self.encoding = encoding
        self.hasFinalRotations = hasFinalRotations
    }
}

/// Why an ansatz has no circuit.
///
/// ```swift
/// try Ansatz(.hardwareEfficient(), qubitCount: 0, layerCount: 1).circuit()    // throws .noQubit(0)
/// ```
public enum AnsatzError: Error, Equatable, CustomStringConvertible {
    /// There are fewer than one qubit.
    case noQubit(Int)
    /// There are fewer than one layer.
    case noLayer(Int)
    /// A hardware-efficient layer has no rotation.
    case noRotation
    /// Only hardware-efficient layers have final rotations.
    case noFinalRotations
    /// There are more data inputs than qubits.
    case tooManyInputs(Int, qubitCount: Int)
    /// An input cannot have that name.
    case badInput(String)
    /// The scale of the data is zero, infinite or not a number.
    case badScale(Double)

    /// What was found, what was expected and what to do.
    public var description: String {
        switch self {
        case .noQubit(let count): "found \(count) qubits, expected at least 1"
        case .noLayer(let count): "found \(count) layers, expected at least 1"
        case .noRotation: "found no rotation in a layer, expected at least one of rx, ry, rz"
        case .noFinalRotations: "only hardware-efficient layers may be followed by their rotations once more"
        case .tooManyInputs(let count, let qubits):
            "found \(count) data inputs, expected at most one a qubit, \(qubits) in all"
        case .badInput(let name):
            "found the data input '\(name)', expected a name of letters, digits and underscores that is neither 'theta' nor "
                + "a word of OpenQASM"
        case .badScale(let scale): "found the scale \(scale), expected a finite number that is not 0"
        }
    }
}
