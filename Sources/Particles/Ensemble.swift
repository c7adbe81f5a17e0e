import Torus
public import Training

/// `N` experts' parameters, axis by axis: angle `p` of expert `i` is at `p·N + i`.
public struct Ensemble: Sendable, Equatable {
    /// The number of experts `N`.
    public let count: Int
    /// The number of parameters `d` of an expert.
    public let dimension: Int
    /// The angles in radians, not wrapped.
    public var angles: [Double]

    /// An ensemble of given angles.
    ///
    /// - Precondition: there are `count·dimension` angles.
    public init(count: Int, dimension: Int, angles: [Double]) {
        precondition(angles.count == count * dimension, "one angle an expert and axis")
        self.count = count
        self.dimension = dimension
        self.angles = angles
    }

    /// Independent draws from a law.
    ///
    /// Every angle is a function of the seed, the replicate, the expert and the axis: the first experts of a larger
    /// ensemble are the experts of a smaller one.
    public init(drawing count: Int, dimension: Int, from law: InitialLaw, seed: UInt64, replicate: Int) {
        let draw = InitialDraw(law: law, dimension: dimension, seed: seed, replicate: replicate)
        var angles = Array(repeating: 0.0, count: count * dimension)
        for expert in 0..<count {
            draw.write(expert: expert) { axis, angle in angles[axis * count + expert] = angle }
        }
        self.init(count: count, dimension: dimension, angles: angles)
    }

    /// The angles along an axis, one an expert.
    public func angles(axis: Int) -> ArraySlice<Double> { angles[axis * count..<(axis + 1) * count] }

    /// The first experts of the ensemble.
    public func prefix(_ smaller: Int) -> Ensemble {
        precondition(smaller <= count)
        return Ensemble(
            count: smaller, dimension: dimension,
            angles: (0..<dimension).flatMap { angles(axis: $0).prefix(smaller) })
    }
}
