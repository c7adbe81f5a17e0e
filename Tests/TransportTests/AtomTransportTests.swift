import Foundation
import Testing

@testable import Transport

/// Distances between atoms and atoms in any number of angles.
@Suite struct AtomTransportTests {
    private static func cost(_ a: [Double], _ b: [Double], _ order: WassersteinOrder) -> Double {
        var square = 0.0
        for (x, y) in zip(a, b) {
            let way = (x - y) - turn * ((x - y) / turn).rounded()
            square += way * way
        }
        return order == .one ? square.squareRoot() : square
    }

    private static func permutations(_ count: Int) -> [[Int]] {
        if count == 0 { return [[]] }
        return permutations(count - 1).flatMap { shorter in
            (0..<count).map { place in
                var longer = shorter
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }

    private static func row(_ angles: [Double], _ atom: Int, _ dimension: Int) -> [Double] {
        (0..<dimension).map { angles[$0 * (angles.count / dimension) + atom] }
    }

    /// Against all permutations.
    @Test(arguments: [1, 2, 3, 5]) func againstAllPermutations(dimension: Int) throws {
        let seed: UInt64 = 101
        var stream = UniformStream(seed: seed)
        for count in 1...6 {
            for order in WassersteinOrder.allCases {
                // Beyond the period too.
                let (a, b) = (stream.angles(count * dimension).map { $0 - 9 }, stream.angles(count * dimension))
                let least =
                    Self.permutations(count).map { permutation in
                        permutation.enumerated().reduce(0) {
                            $0 + Self.cost(Self.row(a, $1.offset, dimension), Self.row(b, $1.element, dimension), order)
                        } / Double(count)
                    }.min() ?? .nan
                let truth = order == .one ? least : least.squareRoot()
                let found = try AtomTransport.assignment(a, b, dimension: dimension, order: order)
                #expect(found.lower <= truth + 1e-14 && truth - 1e-14 <= found.upper, "\(found) \(truth) seed \(seed)")
                #expect(found.gap <= 1e-13, "\(found) seed \(seed)")
                for bound in try AtomTransport.sliced(
                    a, b, dimension: dimension, order: order,
                    directions: [
                        Array(repeating: 1, count: dimension), [2] + Array(repeating: -1, count: dimension - 1),
                    ])
                { #expect(bound <= found.upper, "seed \(seed)") }
                #expect(try AtomTransport.pairing(a, b, dimension: dimension, order: order) >= found.lower)
            }
        }
    }

    /// On the circle the assignment, and the search for level or shift, are two ways to the same number; and products add up.
    @Test(arguments: [2, 3, 40, 301]) func circleAndProducts(count: Int) throws {
        let seed: UInt64 = 102
        var stream = UniformStream(seed: seed)
        for spread in [1, 0.1, 0] {
            let a = stream.angles(count)
            // Close to the others, or independent, or the same in another order.
            let b = spread == 1 ? stream.angles(count) : a.reversed().map { $0 + spread * stream.next() }
            for order in WassersteinOrder.allCases {
                let circle = CircleTransport.between(
                    try CircleAtoms(angles: a), try CircleAtoms(angles: b), order: order)
                let found = try AtomTransport.assignment(a, b, dimension: 1, order: order)
                #expect(
                    found.lower <= circle.upper && circle.lower <= found.upper,
                    "\(circle) \(found) spread \(spread) seed \(seed)")
                #expect(circle.gap <= (spread == 0 ? 1e-7 : 1e-11), "\(circle) \(order)")
                #expect(found.gap <= (spread == 0 ? 2e-7 : 1e-12), "\(found) \(order)")
            }
        }
        guard count <= 40 else { return }
        // All pairs of a few angles on either axis: W₂² is the sum of the circles'.
        let side = Swift.min(count, 6)
        let (x, y, u, v) = (stream.angles(side), stream.angles(side), stream.angles(side), stream.angles(side))
        func product(_ x: [Double], _ y: [Double]) -> [Double] {
            (0..<side * side).map { x[$0 % side] } + (0..<side * side).map { y[$0 / side] }
        }
        let whole = try AtomTransport.assignment(product(x, y), product(u, v), dimension: 2, order: .two)
        let parts = try [(x, u), (y, v)].map {
            CircleTransport.between(try CircleAtoms(angles: $0), try CircleAtoms(angles: $1), order: .two).midpoint
        }
        #expect(abs(whole.midpoint - hypot(parts[0], parts[1])) < 1e-12, "seed \(seed)")
    }

    /// Weighted atoms on the circle are like repeated ones; different numbers.
    @Test func weightsOnTheCircle() throws {
        let seed: UInt64 = 103
        var stream = UniformStream(seed: seed)
        for _ in 0..<20 {
            let (a, b) = (stream.angles(4), stream.angles(3))
            let (m, n) = ([1, 4, 2, 5], [3, 3, 6])
            let first = try CircleAtoms(angles: a, weights: m.map { Double($0) / 12 })
            let second = try CircleAtoms(angles: b, weights: n.map { Double($0) / 12 })
            let (c, d) = (
                zip(a, m).flatMap { Array(repeating: $0, count: $1) },
                zip(b, n).flatMap { Array(repeating: $0, count: $1) }
            )
            for order in WassersteinOrder.allCases {
                let weighted = CircleTransport.between(first, second, order: order)
                let repeated = try AtomTransport.assignment(c, d, dimension: 1, order: order)
                #expect(abs(weighted.midpoint - repeated.midpoint) < 1e-12, "\(weighted) \(repeated) seed \(seed)")
                #expect(CircleTransport.between(second, first, order: order).midpoint - weighted.midpoint < 1e-12)
            }
        }
    }

    /// A thousand atoms: the potentials prove the assignment, and a permutation or translation changes no more than roundings.
    @Test(arguments: WassersteinOrder.allCases) func aThousandAtoms(order: WassersteinOrder) throws {
        let seed: UInt64 = 104
        var stream = UniformStream(seed: seed)
        let (count, dimension) = (1000, 4)
        let (a, b) = (stream.angles(count * dimension), stream.angles(count * dimension))
        let found = try AtomTransport.assignment(a, b, dimension: dimension, order: order)
        #expect(found.gap <= 1e-12, "\(found) seed \(seed)")
        let moved = (0..<count * dimension).map { a[$0 / count * count + ($0 % count * 7 + 3) % count] + 1.3 }
        let other = try AtomTransport.assignment(moved, b.map { $0 + 1.3 }, dimension: dimension, order: order)
        #expect(abs(other.midpoint - found.midpoint) < 1e-12, "seed \(seed)")
    }

    /// Many equal costs: lattices, and all atoms at one point.
    @Test func tiesAndCoincidingAtoms() throws {
        let lattice = (0..<100).map { turn * Double($0 % 10) / 10 } + (0..<100).map { turn * Double($0 / 10) / 10 }
        let moved = lattice.map { $0 + 0.1 }
        let second = try AtomTransport.assignment(lattice, moved, dimension: 2, order: .two)
        #expect(abs(second.midpoint - 0.1 * 2.0.squareRoot()) < 1e-13)
        let point = Array(repeating: 1.0, count: 50)
        let zero = try AtomTransport.assignment(point, point, dimension: 5, order: .one)
        #expect(zero.lower == 0 && zero.upper < 1e-14)
    }

    /// The one call, of either kind.
    @Test func theOneCall() throws {
        let circle = try wasserstein(
            atoms: [1, 2, 3], weights: [0.5, 0.25, 0.25], otherAtoms: [1.1, 2.1], dimension: 1, order: .one)
        #expect(abs(circle.midpoint - (0.5 * 0.1 + 0.25 * 0.1 + 0.25 * 0.9)) < 1e-14)
        let plane = try wasserstein(
            atoms: [1, 2, 0, 0], weights: [0.5, 0.5], otherAtoms: [2, 1, 0, 0.5], dimension: 2, order: .one)
        #expect(abs(plane.midpoint - 0.25) < 1e-14)
        #expect(throws: TransportError.unequalWeights(index: 1)) {
            try wasserstein(
                atoms: [1, 2, 0, 0], weights: [0.4, 0.6], otherAtoms: [2, 1, 0, 0], dimension: 2, order: .one)
        }
    }

    @Test func refusals() throws {
        #expect(throws: TransportError.otherCount(found: 1, expected: 2)) {
            try AtomTransport.assignment([1, 2], [1], dimension: 1, order: .two)
        }
        #expect(throws: TransportError.noAtoms) { try AtomTransport.assignment([], [], dimension: 2, order: .two) }
        #expect(throws: TransportError.angleCount(found: 3, dimension: 2)) {
            try AtomTransport.pairing([1, 2, 3], [1, 2, 3], dimension: 2, order: .two)
        }
        #expect(throws: TransportError.nonFiniteAngle(index: 1, value: .infinity)) {
            try AtomTransport.assignment([1, .infinity], [1, 2], dimension: 1, order: .two)
        }
        let many = [Double](repeating: 0, count: 2001)
        #expect(throws: TransportError.tooManyAtoms(found: 2001, largest: 2000)) {
            try AtomTransport.assignment(many, many, dimension: 1, order: .two)
        }
        #expect(throws: TransportError.noDirection) {
            try AtomTransport.sliced([1, 2], [1, 2], dimension: 2, order: .two, directions: [[0, 0]])
        }
    }
}
