/// Which way to an expert's functions is taken.
public enum PathChoice: String, Sendable, CaseIterable {
    /// The expansion where it is within reach, otherwise the state vector.
    case automatic = "auto"
    /// The expansion by Pauli propagation, or an error.
    case expansion
    /// The state vector at every step of the training, without an expansion.
    case direct
}
