extension UnsafeMutablePointer {
    /// Takes memory that begins with a cache line; it is given back by `deallocate()`.
    ///
    /// A vector of eight reals is as long as a line, and Swift aligns it to 16 bytes only: where memory begins elsewhere, every read
    /// and write of one goes to two lines.
    public static func allocateLines(capacity: Int) -> UnsafeMutablePointer {
        UnsafeMutableRawPointer
            .allocate(byteCount: max(1, capacity) * MemoryLayout<Pointee>.stride, alignment: 64)
            .bindMemory(to: Pointee.self, capacity: capacity)
    }
}
