import Torus

/// The largest of a law's last moments along each axis of a lattice, and of those that would be the last ones on the smaller
/// lattice.
///
/// Memory is that of this object, so a step of the solver allocates nothing.
final class ModeTails {
    private let lattice: ModeLattice
    private let memory: UnsafeMutablePointer<Double>
    private let firsts: UnsafeMutablePointer<Int>
    private let mayShrink: [Bool]
    /// Room for the potential's own modes.
    let modes: UnsafeMutablePointer<Double>

    init(_ lattice: ModeLattice, _ potential: FourierPotential) {
        self.lattice = lattice
        let d = lattice.limits.count
        memory = .allocate(capacity: 2 * d)
        memory.initialize(repeating: 0, count: 2 * d)
        firsts = .allocate(capacity: 2 * d)
        let kept = lattice.keptWhenShrunk(least: potential.harmonics)
        mayShrink = zip(kept, lattice.limits).map { $0 < $1 }
        for axis in 0..<d {
            // Enough of them that no parity hides them.
            let width = max(4, 2 * potential.harmonics[axis])
            firsts[axis] = max(0, lattice.limits[axis] - width) + 1
            firsts[d + axis] = max(0, kept[axis] - width) + 1
        }
        modes = .allocate(capacity: 2 * potential.count)
        modes.initialize(repeating: 0, count: 2 * potential.count)
    }

    deinit {
        memory.deallocate()
        firsts.deallocate()
        modes.deallocate()
    }

    private var dimension: Int { lattice.limits.count }

    /// The largest of the last modes along each axis, as they were measured.
    var outer: [Double] { (0..<dimension).map { memory[$0] } }
    /// The largest of those that would be the last, and of all beyond.
    var inner: [Double] { (0..<dimension).map { memory[dimension + $0] } }

    /// The largest of the last modes of a state.
    func outer(_ state: [Double]) -> [Double] {
        state.withUnsafeBufferPointer { if let base = $0.baseAddress { measure(base) } }
        return outer
    }

    /// Whether a tail exceeds a bound.
    func exceed(_ bound: Double) -> Bool {
        for axis in 0..<dimension where memory[axis] > bound { return true }
        return false
    }

    /// Whether the lattice may shrink along an axis whose inner tail is below a bound.
    func letShrink(below bound: Double) -> Bool {
        for axis in 0..<dimension where mayShrink[axis] && memory[dimension + axis] < bound { return true }
        return false
    }

    /// Measures the tails of a state, real parts and then imaginary parts.
    func measure(_ state: UnsafePointer<Double>) {
        let (count, length, rows, d) = (lattice.count, lattice.rowLength, lattice.rowCount, dimension)
        memory.update(repeating: 0, count: 2 * d)
        for row in 0..<rows {
            let base = row &* length
            func largestSquare(from start: Int) -> Double {
                var largest = 0.0
                for k in base &+ min(start, length)..<base &+ length {
                    let square = state[k] * state[k] + state[count &+ k] * state[count &+ k]
                    largest = square > largest ? square : largest
                }
                return largest
            }
            memory[0] = max(memory[0], largestSquare(from: firsts[0]))
            memory[d] = max(memory[d], largestSquare(from: firsts[d]))
            // The row's own components, as `rowVector` has them.
            var (rest, whole) = (row, -1.0)
            for axis in 1..<max(1, d) {
                let width = 2 * lattice.limits[axis] + 1
                let k = abs(rest % width - lattice.limits[axis])
                rest /= width
                guard k >= min(firsts[axis], firsts[d + axis]) else { continue }
                if whole < 0 { whole = largestSquare(from: 0) }
                if k >= firsts[axis] { memory[axis] = max(memory[axis], whole) }
                if k >= firsts[d + axis] { memory[d + axis] = max(memory[d + axis], whole) }
            }
        }
        for place in 0..<2 * d { memory[place] = memory[place].squareRoot() }
    }
}
