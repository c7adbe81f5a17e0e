/// The order `p` of a Wasserstein distance.
public enum WassersteinOrder: Int, Sendable, Hashable, CaseIterable {
    /// `W₁`, the mean distance moved.
    case one = 1
    /// `W₂`, the root mean square distance moved.
    case two = 2
}
