import Experts
import Foundation

/// A small square complex matrix, for checks that share no code with the module.
struct DenseMatrix {
    let size: Int
    var re: [Double]
    var im: [Double]

    init(size: Int) {
        self.size = size
        re = Array(repeating: 0, count: size * size)
        im = re
    }

    static func identity(_ size: Int) -> DenseMatrix {
        var matrix = DenseMatrix(size: size)
        for k in 0..<size { matrix.re[k * size + k] = 1 }
        return matrix
    }

    static func * (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
        var c = DenseMatrix(size: a.size)
        let n = a.size
        for i in 0..<n {
            for k in 0..<n {
                let (r, s) = (a.re[i * n + k], a.im[i * n + k])
                if r == 0, s == 0 { continue }
                for j in 0..<n {
                    c.re[i * n + j] += r * b.re[k * n + j] - s * b.im[k * n + j]
                    c.im[i * n + j] += r * b.im[k * n + j] + s * b.re[k * n + j]
                }
            }
        }
        return c
    }

    static func + (a: DenseMatrix, b: DenseMatrix) -> DenseMatrix {
        var c = a
        for k in c.re.indices {
            c.re[k] += b.re[k]
            c.im[k] += b.im[k]
        }
        return c
    }

    func scaled(_ r: Double, _ s: Double = 0) -> DenseMatrix {
        var c = self
        for k in re.indices { (c.re[k], c.im[k]) = (r * re[k] - s * im[k], r * im[k] + s * re[k]) }
        return c
    }

    /// The tensor product with `b` on the lower bits.
    func tensor(_ b: DenseMatrix) -> DenseMatrix {
        var c = DenseMatrix(size: size * b.size)
        for i in 0..<size {
            for j in 0..<size {
                for k in 0..<b.size {
                    for l in 0..<b.size {
                        let place = (i * b.size + k) * c.size + j * b.size + l
                        let (r, s) = (re[i * size + j], im[i * size + j])
                        let (t, u) = (b.re[k * b.size + l], b.im[k * b.size + l])
                        c.re[place] = r * t - s * u
                        c.im[place] = r * u + s * t
                    }
                }
            }
        }
        return c
    }

    /// `e^{iφ self}` by squaring and the Taylor series.
    func exponential(_ phi: Double) -> DenseMatrix {
        let squarings = max(0, Int(ceil(log2(abs(phi) + 1)))) + 3
        let step = scaled(0, phi / Double(1 << squarings))
        var term = DenseMatrix.identity(size)
        var sum = term
        for k in 1...16 {
            term = (term * step).scaled(1 / Double(k))
            sum = sum + term
        }
        for _ in 0..<squarings { sum = sum * sum }
        return sum
    }

    /// A Pauli string on `count` qubits, qubit 0 first.
    static func pauli(_ letters: [Int: Character], count: Int) -> DenseMatrix {
        (0..<count).reduce(identity(1)) { product, qubit in
            var factor = identity(2)
            switch letters[qubit] {
            case "X": factor.re = [0, 1, 1, 0]
            case "Y": (factor.re, factor.im) = ([0, 0, 0, 0], [0, -1, 1, 0])
            case "Z": factor.re = [1, 0, 0, -1]
            default: break
            }
            return product.tensor(factor)
        }
    }

    /// A gate on `count` qubits as the exponential of its generator; global phases are those of the definitions.
    static func gate(_ gate: Gate, _ angles: [Double], _ qubits: [Int], count: Int) -> DenseMatrix {
        let (a, b) = (qubits[0], qubits.last ?? 0)
        let one = identity(1 << count)
        func pauli(_ letter: Character, _ qubit: Int) -> DenseMatrix { .pauli([qubit: letter], count: count) }
        /// `(1 − P)/2`.
        func projector(_ letter: Character, _ qubit: Int) -> DenseMatrix {
            one.scaled(0.5) + pauli(letter, qubit).scaled(-0.5)
        }
        func phase(_ phi: Double) -> DenseMatrix { projector("Z", a).exponential(phi) }
        func rotation(_ letter: Character, _ phi: Double) -> DenseMatrix { pauli(letter, a).exponential(-phi / 2) }
        func controlled(_ letter: Character) -> DenseMatrix {
            (projector("Z", a) * pauli(letter, b)).exponential(-angles[0] / 2)
        }
        func flip(_ letter: Character) -> DenseMatrix { one + (projector("Z", a) * projector(letter, b)).scaled(-2) }
        func pair(_ letter: Character) -> DenseMatrix { .pauli([a: letter, b: letter], count: count) }
        switch gate {
        case .id: return one
        case .x: return pauli("X", a)
        case .y: return pauli("Y", a)
        case .z: return pauli("Z", a)
        case .h: return (pauli("X", a) + pauli("Z", a)).scaled(0.5.squareRoot())
        case .s: return phase(.pi / 2)
        case .sdg: return phase(-.pi / 2)
        case .t: return phase(.pi / 4)
        case .tdg: return phase(-.pi / 4)
        case .sx: return projector("X", a).exponential(.pi / 2)
        case .rx: return rotation("X", angles[0])
        case .ry: return rotation("Y", angles[0])
        case .rz: return rotation("Z", angles[0])
        case .p: return phase(angles[0])
        case .u: return phase(angles[1]) * rotation("Y", angles[0]) * phase(angles[2])
        case .cx: return flip("X")
        case .cy: return flip("Y")
        case .cz: return flip("Z")
        case .swap: return (one + pair("X") + pair("Y") + pair("Z")).scaled(0.5)
        case .cp: return (projector("Z", a) * projector("Z", b)).exponential(angles[0])
        case .crx: return controlled("X")
        case .cry: return controlled("Y")
        case .crz: return controlled("Z")
        case .rxx: return pair("X").exponential(-angles[0] / 2)
        case .ryy: return pair("Y").exponential(-angles[0] / 2)
        case .rzz: return pair("Z").exponential(-angles[0] / 2)
        }
    }

    /// `⟨ψ|U†OU|ψ⟩` of a circuit by full matrices.
    static func expectation(_ circuit: Circuit, inputs: [Double], observable: PauliSum) -> Double {
        let count = circuit.qubitCount
        var unitary = identity(1 << count)
        for step in circuit.instructions {
            unitary = gate(step.gate, step.angles.map { $0.value(inputs) }, step.qubits, count: count) * unitary
        }
        // The state before the first gate, and after the last one.
        let n = unitary.size
        var start = Array(repeating: 0.0, count: n)
        start[0] = 1
        let vector = circuit.amplitudes.map { inputs[$0] }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for (k, entry) in vector.enumerated() { start[k] = entry / length }
        func applied(_ matrix: DenseMatrix) -> (re: [Double], im: [Double]) {
            func product(_ entries: [Double]) -> [Double] {
                (0..<n).map { row in (0..<n).reduce(0) { $0 + entries[row * n + $1] * start[$1] } }
            }
            return (product(matrix.re), product(matrix.im))
        }
        let state = applied(unitary)
        var sum = 0.0
        for term in observable.terms {
            var letters: [Int: Character] = [:]
            for qubit in 0..<count {
                let (x, z) = (term.string.x >> UInt64(qubit) & 1, term.string.z >> UInt64(qubit) & 1)
                letters[qubit] = x == 1 ? (z == 1 ? "Y" : "X") : (z == 1 ? "Z" : "I")
            }
            let image = applied(pauli(letters, count: count) * unitary)
            for k in 0..<n {
                sum += term.coefficient * (state.re[k] * image.re[k] + state.im[k] * image.im[k])
            }
        }
        return sum
    }
}
