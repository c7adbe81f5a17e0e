import Dispatch
import Foundation
import Synchronization

/// How many threads a loop over independent pieces may use.
///
/// ```swift
/// let squares = try Parallelism.allCores.map(100) { $0 * $0 }
/// ```
///
/// A loop's pieces are fixed by the problem, never by the number of threads, and each piece writes its own results: so
/// numbers are the same to the bit for any number of threads.
public struct Parallelism: Sendable, Hashable {
    /// The number of threads, at least 1.
    public let threads: Int

    /// Loops on the given number of threads.
    public init(threads: Int) {
        precondition(threads >= 1, "at least one thread is needed")
        self.threads = threads
    }

    /// Loops on the calling thread alone.
    public static let serial = Parallelism(threads: 1)

    /// Loops on all of the machine's active cores.
    public static var allCores: Parallelism {
        Parallelism(threads: max(1, ProcessInfo.processInfo.activeProcessorCount))
    }

    /// Calls `body` once for each index below `count`, in any order and from several threads; returns after all.
    public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        let workers = min(threads, count)
        if workers <= 1 {
            for index in 0..<max(0, count) { body(index) }
            return
        }
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                if index >= count { return }
                body(index)
            }
        }
    }

    /// The results of `transform` for each index below `count`, in the order of the indices.
    ///
    /// - Throws: the error of the smallest index whose `transform` threw.
    public func map<Value: Sendable>(
        _ count: Int, _ transform: @Sendable (Int) throws -> Value
    ) throws -> [Value] {
        var results = [Result<Value, any Error>?](repeating: nil, count: count)
        results.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let slots = buffer
            forEach(count) { index in slots[index] = Result { try transform(index) } }
        }
        return try results.compactMap { try $0?.get() }
    }
}
