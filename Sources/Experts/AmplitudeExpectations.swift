/// Expectation values of Pauli strings in the states whose amplitudes are given data, for several data at once.
///
/// With `ψ_k = x_k / ‖x‖` the string `i^{|x∧z|} X^x Z^z` has the value `i^{|x∧z|} Σ_k (−1)^{|z∧k|} ψ_{k⊕x} ψ_k`: zero when
/// the number of its Y is odd, as the amplitudes are real, and otherwise for all `z` at once the Walsh–Hadamard transform
/// of `ψ_{k⊕x} ψ_k`.
struct AmplitudeExpectations {
    private let datumCount: Int
    /// The qubits that start in `|0⟩`.
    private let zeros: UInt64
    private let qubitCount: Int
    /// Amplitudes of the last qubits.
    private let size: Int
    /// Amplitude `k` of datum `a` at `k·n + a`.
    private var states: [Double]

    /// The states of the given data.
    init(_ circuit: Circuit, roles: InputRoles, inputs: [[Double]]) {
        let width = circuit.encodedQubitCount
        datumCount = inputs.count
        qubitCount = circuit.qubitCount
        zeros = circuit.qubitsInZero
        size = 1 << width
        states = Array(repeating: 0, count: size * inputs.count)
        var values = Array(repeating: 0.0, count: circuit.inputs.count)
        var row = Array(repeating: 0.0, count: circuit.amplitudes.count)
        for (a, datum) in inputs.enumerated() {
            for (input, value) in zip(roles.data, datum) { values[input] = value }
            row.withUnsafeMutableBufferPointer { row in
                if let row = row.baseAddress { circuit.normaliseAmplitudes(of: values, into: row) }
            }
            for (k, amplitude) in row.enumerated() { states[k * datumCount + a] = amplitude }
        }
    }

    /// Calls `body` with every term of a polynomial whose value is not zero by itself, and its values, one a datum.
    ///
    /// - Complexity: `w 2^w` additions for `w` encoded qubits, times the number of different `x` and of data.
    func forEachTerm(of polynomial: PauliPolynomial, _ body: (_ term: Int, _ values: ArraySlice<Double>) -> Void) {
        let terms = (0..<polynomial.count).filter {
            polynomial.x[$0] & zeros == 0 && (polynomial.x[$0] & polynomial.z[$0]).nonzeroBitCount & 1 == 0
        }.sorted { (polynomial.x[$0], $0) < (polynomial.x[$1], $1) }
        var table: [Double] = []
        var flips: UInt64?
        for term in terms {
            let (x, z) = (polynomial.x[term], polynomial.z[term] & ~zeros)
            if x != flips {
                table = transform(flipping: index(x))
                flips = x
            }
            let start = index(z) * datumCount
            // Y twice is i² times X twice and Z twice.
            if (x & z).nonzeroBitCount & 3 == 2 {
                let negated = table[start..<start + datumCount].map { -$0 }
                body(term, negated[...])
            } else {
                body(term, table[start..<start + datumCount])
            }
        }
    }

    /// `Σ_k (−1)^{|z∧k|} ψ_{k⊕x} ψ_k` for every `z` and datum.
    private func transform(flipping x: Int) -> [Double] {
        var table = states
        for k in 0..<size {
            for a in 0..<datumCount { table[k * datumCount + a] *= states[(k ^ x) * datumCount + a] }
        }
        var bit = 1
        while bit < size {
            for k in 0..<size where k & bit == 0 {
                let (low, high) = (k * datumCount, (k | bit) * datumCount)
                for a in 0..<datumCount {
                    let (u, v) = (table[low + a], table[high + a])
                    table[low + a] = u + v
                    table[high + a] = u - v
                }
            }
            bit *= 2
        }
        return table
    }

    /// The bits of an amplitude's index for a mask of encoded qubits.
    private func index(_ mask: UInt64) -> Int {
        var (index, rest) = (0, mask)
        while rest != 0 {
            index |= 1 << (qubitCount - 1 - rest.trailingZeroBitCount)
            rest &= rest - 1
        }
        return index
    }
}
