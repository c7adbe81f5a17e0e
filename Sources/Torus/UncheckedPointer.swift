/// A pointer that the pieces of a parallel loop share; each piece writes only its own part.
struct UncheckedPointer<Pointee>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Pointee>
    init(_ base: UnsafeMutablePointer<Pointee>) { self.base = base }
}
