/// An observable for sweeps: its strings in groups that flip the same bits, each group a diagonal.
struct SweepObservable: Sendable {
    /// How far the strings may multiply when a circuit's tail is moved onto them.
    static let termLimit = 256

    private struct Group: Hashable {
        let flips: Int
        let isImaginary: Bool
    }

    /// The strings with their coefficients, sorted by their masks.
    private(set) var terms: [(string: IndexPauli, coefficient: Double)] = []
    /// The bits that each group flips: the groups with real diagonals, then those with imaginary ones.
    private(set) var flips: [Int] = []
    private(set) var realCount = 0
    /// The diagonals: group `g` gives amplitude `k` of the image `diagonals[(k/2·groups + g)·2 + k%2]` times amplitude
    /// `k ⊕ flips[g]`.
    private(set) var diagonals: [Double] = []

    init(_ sum: PauliSum, qubitCount: Int) {
        func indexMask(_ mask: UInt64) -> Int {
            (0..<qubitCount).reduce(0) { $0 | (mask >> UInt64($1) & 1 == 1 ? 1 << (qubitCount - 1 - $1) : 0) }
        }
        terms = Self.merged(
            sum.terms.map { (IndexPauli(x: indexMask($0.string.x), z: indexMask($0.string.z)), $0.coefficient) })
    }

    /// The cost of an application in the units of `SweepStep.cost`: two multiplications a group, which wait for their operands.
    var cost: Int {
        3 * Set(terms.map { Group(flips: $0.string.x, isImaginary: Self.isImaginary($0.string)) }).count
    }

    private static func isImaginary(_ string: IndexPauli) -> Bool { (string.x & string.z).nonzeroBitCount & 1 == 1 }

    /// Replaces the observable `O` by `U†OU`.
    mutating func conjugate(by step: SweepStep) {
        for (turn, angle) in step.rotations {
            let (cosine, sine) = SweepStep.circle(angle)
            var images: [(string: IndexPauli, coefficient: Double)] = []
            for (string, coefficient) in terms {
                let crossings = (turn.x & string.z).nonzeroBitCount + (turn.z & string.x).nonzeroBitCount
                if crossings & 1 == 0 {
                    images.append((string, coefficient))
                    continue
                }
                // For P and Q that anticommute, e^{iφP/2} Q e^{−iφP/2} = cos φ Q + sin φ iPQ.
                let image = IndexPauli(x: turn.x ^ string.x, z: turn.z ^ string.z)
                let power =
                    1 + (turn.x & turn.z).nonzeroBitCount + (string.x & string.z).nonzeroBitCount
                    + 2 * (turn.z & string.x).nonzeroBitCount - (image.x & image.z).nonzeroBitCount
                images.append((string, cosine * coefficient))
                images.append((image, (power & 3 == 0 ? sine : -sine) * coefficient))
            }
            terms = Self.merged(images)
        }
    }

    /// The terms sorted by their masks, with equal strings added and zeros left out.
    private static func merged(
        _ terms: [(string: IndexPauli, coefficient: Double)]
    ) -> [(string: IndexPauli, coefficient: Double)] {
        let sorted = terms.enumerated().sorted {
            ($0.element.string.x, $0.element.string.z, $0.offset) < (
                $1.element.string.x, $1.element.string.z, $1.offset
            )
        }
        var merged: [(string: IndexPauli, coefficient: Double)] = []
        for (_, term) in sorted {
            if let last = merged.last, last.string == term.string {
                merged[merged.count - 1].coefficient += term.coefficient
            } else {
                merged.append(term)
            }
        }
        return merged.filter { $0.coefficient != 0 }
    }

    /// Computes the diagonals of the groups for a state of the given number of amplitudes.
    mutating func tabulate(_ size: Int) {
        let groups = Set(terms.map { Group(flips: $0.string.x, isImaginary: Self.isImaginary($0.string)) })
            .sorted { ($0.isImaginary ? 1 : 0, $0.flips) < ($1.isImaginary ? 1 : 0, $1.flips) }
        flips = groups.map(\.flips)
        realCount = groups.count { !$0.isImaginary }
        diagonals = Array(repeating: 0, count: size * groups.count)
        for (g, group) in groups.enumerated() {
            for (string, coefficient) in terms
            where string.x == group.flips && Self.isImaginary(string) == group.isImaginary {
                // i^{|x∧z|} (−1)^{|z∧l|} takes |l⟩ to |l⊕x⟩; the i of an imaginary group is not part of its diagonal.
                let sign = (string.x & string.z).nonzeroBitCount & 3 < 2 ? coefficient : -coefficient
                for k in 0..<size {
                    let isOdd = (string.z & (k ^ string.x)).nonzeroBitCount & 1 == 1
                    diagonals[(k / 2 * groups.count + g) * 2 + k % 2] += isOdd ? -sign : sign
                }
            }
        }
    }
}
