public import Torus

/// How the large arrays of a file are compressed: the level does not change what is read, nor do the threads what is written.
public struct Deflation: Sendable, Equatable {
    /// From 0, not at all, to 9. At 1 a density takes 0.38 of its size; higher levels gain less than a point.
    public var level: Int
    /// The threads that compress.
    public var parallelism: Parallelism

    /// Compression at a level, from 0 to 9.
    public init(level: Int = 1, parallelism: Parallelism = .serial) {
        precondition((0...9).contains(level), "a level from 0 to 9")
        self.level = level
        self.parallelism = parallelism
    }
}
