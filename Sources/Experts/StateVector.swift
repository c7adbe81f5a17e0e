/// The state of up to 20 qubits, as separate real and imaginary parts of `2^n` amplitudes.
///
/// Qubit 0 is the first tensor factor: the highest bit of an amplitude's index.
struct StateVector {
    /// The most qubits that a state can have: 16 MiB of amplitudes.
    static let largestQubitCount = 20

    let qubitCount: Int
    private(set) var re: [Double]
    private(set) var im: [Double]

    /// The state `|0…0⟩`.
    init(qubitCount: Int) {
        precondition((1...Self.largestQubitCount).contains(qubitCount))
        self.qubitCount = qubitCount
        re = Array(repeating: 0, count: 1 << qubitCount)
        im = re
        re[0] = 1
    }

    /// Sets the state to `|0…0⟩`, or to the zero vector.
    mutating func reset(to amplitude: Double = 1) {
        for k in re.indices {
            re[k] = 0
            im[k] = 0
        }
        re[0] = amplitude
    }

    /// Sets the state to that before the circuit's first gate, for given values of all inputs.
    mutating func prepare(_ circuit: Circuit, inputs values: [Double]) {
        reset()
        guard !circuit.amplitudes.isEmpty else { return }
        re.withUnsafeMutableBufferPointer { re in
            if let re = re.baseAddress { circuit.normaliseAmplitudes(of: values, into: re) }
        }
    }

    /// Applies a gate's matrix.
    mutating func apply(_ matrix: GateMatrix, on qubits: [Int]) {
        let (first, second) = bits(qubits)
        let size = re.count
        re.withUnsafeMutableBufferPointer { re in
            im.withUnsafeMutableBufferPointer { im in
                guard let re = re.baseAddress, let im = im.baseAddress else { return }
                switch matrix {
                case .one(let m): Self.apply(m, re, im, size, bit: first)
                case .controlled(let m): Self.apply(m, re, im, size, control: first, bit: second)
                case .two(let m): Self.apply(m, re, im, size, high: first, low: second)
                }
            }
        }
    }

    /// `Re ⟨other| M |self⟩` for a gate's matrix `M`, or its derivative.
    func realProduct(_ other: StateVector, _ matrix: GateMatrix, on qubits: [Int]) -> Double {
        let (first, second) = bits(qubits)
        let size = re.count
        return re.withUnsafeBufferPointer { re in
            im.withUnsafeBufferPointer { im in
                other.re.withUnsafeBufferPointer { otherRe in
                    other.im.withUnsafeBufferPointer { otherIm in
                        guard let re = re.baseAddress, let im = im.baseAddress, let otherRe = otherRe.baseAddress,
                            let otherIm = otherIm.baseAddress
                        else { return 0 }
                        let pair = (re, im, otherRe, otherIm)
                        switch matrix {
                        case .one(let m): return Self.product(m, pair, size, bit: first)
                        case .controlled(let m): return Self.product(m, pair, size, control: first, bit: second)
                        case .two(let m): return Self.product(m, pair, size, high: first, low: second)
                        }
                    }
                }
            }
        }
    }

    /// Sets this state to `O|other⟩` and returns `⟨other|O|other⟩`.
    mutating func set(to observable: PauliSum, times other: StateVector) -> Double {
        reset(to: 0)
        for term in observable.terms {
            let x = indexMask(term.string.x)
            let z = indexMask(term.string.z)
            // i^{|x∧z|} (−1)^{|z∧k|} takes |k⟩ to |k⊕x⟩.
            let power = (term.string.x & term.string.z).nonzeroBitCount & 3
            for k in 0..<re.count {
                let sign = (z & k).nonzeroBitCount & 1 == 0 ? term.coefficient : -term.coefficient
                let (a, b) = (sign * other.re[k], sign * other.im[k])
                switch power {
                case 0:
                    re[k ^ x] += a
                    im[k ^ x] += b
                case 1:
                    re[k ^ x] -= b
                    im[k ^ x] += a
                case 2:
                    re[k ^ x] -= a
                    im[k ^ x] -= b
                default:
                    re[k ^ x] += b
                    im[k ^ x] -= a
                }
            }
        }
        var sum = 0.0
        for k in re.indices { sum += re[k] * other.re[k] + im[k] * other.im[k] }
        return sum
    }

    /// The bits of an amplitude's index that belong to the gate's first and last qubit.
    private func bits(_ qubits: [Int]) -> (Int, Int) {
        let first = 1 << (qubitCount - 1 - qubits[0])
        return (first, qubits.count > 1 ? 1 << (qubitCount - 1 - qubits[1]) : first)
    }

    /// The bits of an amplitude's index for a mask of qubits.
    private func indexMask(_ mask: UInt64) -> Int {
        var result = 0
        for qubit in 0..<qubitCount where mask >> UInt64(qubit) & 1 == 1 { result |= 1 << (qubitCount - 1 - qubit) }
        return result
    }
}
