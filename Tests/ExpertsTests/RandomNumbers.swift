import Experts
import Torus

/// A sequence of reproducible random numbers.
struct RandomNumbers {
    private let generator: Philox
    private var counter: UInt32 = 0

    init(seed: UInt64) { generator = Philox(seed: seed) }

    /// Uniform on `[0, 1)`.
    mutating func uniform() -> Double {
        counter += 1
        return generator.uniforms(SIMD4(counter, 0, 0, 0))[0]
    }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    mutating func integer(_ range: Range<Int>) -> Int { range.lowerBound + Int(uniform() * Double(range.count)) }

    mutating func element<T>(_ list: [T]) -> T { list[integer(list.indices)] }

    /// Different numbers below `bound`.
    mutating func distinct(_ count: Int, below bound: Int) -> [Int] {
        var rest = Array(0..<bound)
        return (0..<count).map { _ in rest.remove(at: integer(rest.indices)) }
    }

    /// A sum of one to three random Pauli strings.
    mutating func observable(qubits: Int) throws -> PauliSum {
        let mask = UInt64(1) << UInt64(qubits)
        return try PauliSum(
            terms: (0..<integer(1..<4)).map { _ in
                let (x, z) = (UInt64(integer(0..<Int(mask))), UInt64(integer(0..<Int(mask))))
                return .init(PauliString(x: x, z: z), uniform(-1...1))
            })
    }
}
