import Testing
import Torus

@Suite struct ParallelismTests {
    struct Odd: Error, Equatable { let index: Int }

    @Test(arguments: [1, 2, 5]) func everyIndexOnceInOrder(threads: Int) throws {
        let squares = try Parallelism(threads: threads).map(1001) { $0 * $0 }
        #expect(squares == (0..<1001).map { $0 * $0 })
        #expect(try Parallelism(threads: threads).map(0) { $0 }.isEmpty)
    }

    @Test func theFirstErrorIsTheOneThrown() {
        #expect(throws: Odd(index: 7)) {
            try Parallelism(threads: 3).map(100) { if $0 >= 7 { throw Odd(index: $0) } }
        }
    }
}
