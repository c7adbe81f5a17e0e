import Torus

/// Pauli strings whose coefficients are trigonometric polynomials in the parameters, for several data at once:
/// `Σ_t c_{ta} Φ_{m(t)} P_t`, one row `c_t` a term.
struct PauliPolynomial {
    /// The terms' masks.
    private(set) var x: [UInt64] = []
    private(set) var z: [UInt64] = []
    /// The terms' monomials, as indices in a `MonomialTable`.
    private(set) var monomial: [Int32] = []
    /// The rows of coefficients.
    private(set) var coefficients: [Double] = []
    /// The length of a row.
    let datumCount: Int
    /// Qubits that are known to be `|0⟩`: strings with X or Y there are left out, and Z there counts 1.
    let settled: UInt64
    /// Open addressing: a term's index, or −1.
    private var slots: [Int32] = []

    init(datumCount: Int, settled: UInt64 = 0, capacity: Int = 0) {
        self.datumCount = datumCount
        self.settled = settled
        x.reserveCapacity(capacity)
        z.reserveCapacity(capacity)
        monomial.reserveCapacity(capacity)
        coefficients.reserveCapacity(capacity * datumCount)
    }

    var count: Int { x.count }

    /// Whether a row is zero for every datum.
    func isZero(_ term: Int) -> Bool {
        let base = term * datumCount
        for a in base..<base + datumCount where coefficients[a] != 0 { return false }
        return true
    }

    /// Adds a term that is known to differ from all others and to be free of settled qubits.
    mutating func append(_ string: PauliWord, _ monomial: Int32, copying source: PauliPolynomial, row: Int) {
        x.append(string.x)
        z.append(string.z)
        self.monomial.append(monomial)
        let base = row * datumCount
        coefficients.append(contentsOf: source.coefficients[base..<base + datumCount])
    }

    /// Adds a term with one coefficient for every datum.
    mutating func add(_ string: PauliWord, _ monomial: Int32, _ coefficient: Double) {
        guard string.x & settled == 0 else { return }
        let base = row(PauliWord(x: string.x, z: string.z & ~settled), monomial) * datumCount
        for a in 0..<datumCount { coefficients[base + a] += coefficient }
    }

    /// Adds `factor` times a row of another polynomial.
    mutating func add(
        _ string: PauliWord, _ monomial: Int32, _ factor: Double, times source: PauliPolynomial, row sourceRow: Int
    ) {
        guard string.x & settled == 0 else { return }
        let base = row(PauliWord(x: string.x, z: string.z & ~settled), monomial) * datumCount
        let width = datumCount
        coefficients.withUnsafeMutableBufferPointer { target in
            source.coefficients.withUnsafeBufferPointer { source in
                guard let target = target.baseAddress, let source = source.baseAddress else { return }
                let (to, from) = (target + base, source + sourceRow * width)
                for a in 0..<width { to[a] += factor * from[a] }
            }
        }
    }

    /// Adds `sign · factors_a` times a row of another polynomial.
    mutating func add(
        _ string: PauliWord, _ monomial: Int32, _ factors: [Double], sign: Double,
        times source: PauliPolynomial, row sourceRow: Int
    ) {
        guard string.x & settled == 0 else { return }
        let base = row(PauliWord(x: string.x, z: string.z & ~settled), monomial) * datumCount
        let width = datumCount
        coefficients.withUnsafeMutableBufferPointer { target in
            source.coefficients.withUnsafeBufferPointer { source in
                factors.withUnsafeBufferPointer { factors in
                    guard let target = target.baseAddress, let source = source.baseAddress else { return }
                    let (to, from) = (target + base, source + sourceRow * width)
                    for a in 0..<width { to[a] += sign * factors[a] * from[a] }
                }
            }
        }
    }

    /// Replaces every string by another one and a sign; the map must be one to one.
    mutating func permute(_ map: (_ x: inout UInt64, _ z: inout UInt64) -> Bool) {
        slots = []
        for term in x.indices where map(&x[term], &z[term]) {
            for a in term * datumCount..<(term + 1) * datumCount { coefficients[a] = -coefficients[a] }
        }
    }

    /// The index of a term, which is made when it is missing.
    private mutating func row(_ string: PauliWord, _ monomial: Int32) -> Int {
        if 2 * (x.count + 1) > slots.count { growSlots() }
        let mask = slots.count - 1
        var slot = Self.hash(string.x, string.z, monomial) & mask
        while true {
            let term = Int(slots[slot])
            if term < 0 { break }
            if x[term] == string.x, z[term] == string.z, self.monomial[term] == monomial { return term }
            slot = (slot + 1) & mask
        }
        slots[slot] = Int32(x.count)
        x.append(string.x)
        z.append(string.z)
        self.monomial.append(monomial)
        coefficients.append(contentsOf: repeatElement(0, count: datumCount))
        return x.count - 1
    }

    private mutating func growSlots() {
        var size = 64
        while size < 4 * (x.count + 1) { size *= 2 }
        slots = Array(repeating: -1, count: size)
        for term in x.indices {
            var slot = Self.hash(x[term], z[term], monomial[term]) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(term)
        }
    }

    /// Multiplication and folding, as in splitmix64's finaliser (Steele, Lea, Flood, OOPSLA 2014).
    private static func hash(_ x: UInt64, _ z: UInt64, _ monomial: Int32) -> Int {
        var value = x &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30) ^ z) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27) ^ UInt64(UInt32(bitPattern: monomial))) &* 0x94D0_49BB_1331_11EB
        return Int(truncatingIfNeeded: (value ^ (value >> 31)) >> 1)
    }
}
