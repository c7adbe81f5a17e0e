import Torus
import Training

/// The monomials whose moments a study takes of every ensemble, in one sweep: those of the expert, of its tangent kernel and of the waves
/// `e^{ik·θ}`.
struct StudyBasis: Sendable {
    /// All monomials, with the products that they share.
    let products: SharedProducts
    /// Where the problem's own monomials are.
    private let own: [Int]
    private let waves: [[Term]]
    /// The position of each frequency.
    let positions: [[Int]: Int]
    /// The entries of the kernel, each as a sum of monomials; none where they would be too many.
    private let kernelEntries: [[Term]]
    /// `f(·, x) f(·, x')` of each pair of inputs, as a sum of monomials; none where they would be too many.
    private let inputProducts: [[Term]]

    /// A monomial's moment times a complex coefficient.
    private struct Term: Sendable {
        let index: Int
        var real: Double
        var imaginary = 0.0
    }

    /// The most data whose kernel is looked at, spread over the training data.
    private static let kernelData = 8
    /// The most products of two monomials that are taken for it.
    private static let kernelProducts = 1 << 14

    /// - Parameter inputs: pairs of inputs, held-out ones or without them those of the training data, whose products are wanted.
    /// - Precondition: the problem has an expansion.
    init(_ problem: MeanFieldProblem, frequencies: [[Int]], inputs: [(Int, Int)] = []) {
        guard let basis = problem.basis.trigonometric else { preconditionFailure("an expansion is needed") }
        var positions: [TrigonometricMonomial: Int] = [:]
        var monomials: [TrigonometricMonomial] = []
        func index(_ monomial: TrigonometricMonomial) -> Int {
            if let known = positions[monomial] { return known }
            positions[monomial] = monomials.count
            monomials.append(monomial)
            return monomials.count - 1
        }
        self.positions = Dictionary(uniqueKeysWithValues: frequencies.enumerated().map { ($1, $0) })
        own = basis.monomials.map { index($0) }
        waves = frequencies.map { k in
            var sum: [(monomial: TrigonometricMonomial, real: Double, imaginary: Double)] = [(.one, 1, 0)]
            for (axis, harmonic) in k.enumerated() where harmonic != 0 {
                let sign: Double = harmonic > 0 ? 1 : -1
                sum = sum.flatMap { term in
                    let factors = term.monomial.factors
                    let cosine = TrigonometricMonomial(factors + [.init(.cosine, axis: axis, harmonic: abs(harmonic))])
                    let sine = TrigonometricMonomial(factors + [.init(.sine, axis: axis, harmonic: abs(harmonic))])
                    return [
                        (cosine, term.real, term.imaginary), (sine, -sign * term.imaginary, sign * term.real),
                    ]
                }
            }
            return sum.map { Term(index: index($0.monomial), real: $0.real, imaginary: $0.imaginary) }
        }
        let n = problem.targets.count
        guard basis.count * basis.count <= Self.kernelProducts, n > 0 else {
            (kernelEntries, inputProducts) = ([], [])
            products = SharedProducts(TrigonometricBasis(dimension: basis.dimension, monomials: monomials))
            return
        }
        let step = max(1, (n + Self.kernelData - 1) / Self.kernelData)
        let data = Array(stride(from: 0, to: n, by: step))
        let pairs = data.indices.flatMap { a in (0...a).map { (data[a], data[$0]) } }
        var entries = pairs.map { _ in [Int: Double]() }
        var seen = inputs.map { _ in [Int: Double]() }
        let (held, h) = (problem.heldOutTargets.count, problem.heldOutCoefficients)
        func coefficient(_ m: Int, _ input: Int) -> Double {
            held > 0 ? h[m * held + input] : problem.coefficients[m * n + input]
        }
        func square(_ monomial: TrigonometricMonomial) -> Double {
            monomial.factors.reduce(0) { $0 + Double($1.harmonic * $1.harmonic) }
        }
        let squares = basis.monomials.map(square)
        let c = problem.coefficients
        for (m, first) in basis.monomials.enumerated() {
            for (l, second) in basis.monomials.enumerated() {
                for term in first.multiplied(by: second) {
                    for (entry, pair) in inputs.enumerated() {
                        let size = term.coefficient * coefficient(m, pair.0) * coefficient(l, pair.1)
                        if size != 0 { seen[entry][index(term.monomial), default: 0] += size }
                    }
                    guard squares[m] > 0, squares[l] > 0 else { continue }
                    // ∇u·∇v = ½ (Δ(uv) − uΔv − vΔu).
                    let size = 0.5 * term.coefficient * (squares[m] + squares[l] - square(term.monomial))
                    guard size != 0 else { continue }
                    let place = index(term.monomial)
                    for (entry, pair) in pairs.enumerated() {
                        entries[entry][place, default: 0] += size * c[m * n + pair.0] * c[l * n + pair.1]
                    }
                }
            }
        }
        func terms(_ entry: [Int: Double]) -> [Term] {
            entry.sorted { $0.key < $1.key }.map { Term(index: $0.key, real: $0.value) }
        }
        kernelEntries = entries.map(terms)
        inputProducts = seen.map(terms)
        products = SharedProducts(TrigonometricBasis(dimension: basis.dimension, monomials: monomials))
    }

    var hasKernel: Bool { !kernelEntries.isEmpty }

    /// The moments of the problem's own basis.
    func problemMoments(_ moments: [Double]) -> [Double] { own.map { moments[$0] } }

    /// `∫ e^{ik·θ} dμ` of each wave.
    func waves(_ moments: [Double]) -> [(real: Double, imaginary: Double)] {
        waves.map { terms in
            terms.reduce((0, 0)) {
                ($0.0 + $1.real * moments[$1.index], $0.1 + $1.imaginary * moments[$1.index])
            }
        }
    }

    /// Entries of the tangent kernel, those of pairs of some training data.
    func kernel(_ moments: [Double]) -> [Double] {
        kernelEntries.map { terms in terms.reduce(0) { $0 + $1.real * moments[$1.index] } }
    }

    var hasInputProducts: Bool { !inputProducts.isEmpty }

    /// The means of the products of the expert's functions at the pairs of inputs.
    func inputProducts(_ moments: [Double]) -> [Double] {
        inputProducts.map { terms in terms.reduce(0) { $0 + $1.real * moments[$1.index] } }
    }

    /// The moments of nodes with masses, or of equal ones.
    func moments(_ positions: [Double], count: Int, masses: [Double]? = nil, parallelism: Parallelism) -> [Double] {
        let sweep = TrigonometricSweep(products, count: count, parallelism: parallelism)
        var result = Array(repeating: 0.0, count: products.basis.count)
        result.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            if let masses {
                masses.withUnsafeBufferPointer { sweep.moments(of: positions, masses: $0.baseAddress, into: base) }
            } else {
                sweep.moments(of: positions, into: base)
            }
        }
        return result
    }
}
