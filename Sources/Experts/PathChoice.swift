/// Which way to an expert's functions is taken.
///
/// ```swift
/// let expert = try QuantumExpert(circuit: circuit, parameters: ["theta"], observable: PauliSum("Z0"), path: .direct)
/// try expert.lift(inputs: data).expansion    // nil: the state vector is the only form
/// ```
public enum PathChoice: String, Sendable, CaseIterable {
    /// The expansion where it is within reach, otherwise the state vector.
    case automatic = "auto"
    /// The expansion by Pauli propagation, or an error.
    case expansion
    /// The state vector at every step of the training, without an expansion.
    case direct
}
