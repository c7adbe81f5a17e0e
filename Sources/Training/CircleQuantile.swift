import Foundation

/// The inverse distribution function of a law of one angle, counted from the side opposite to its centre.
///
/// Uniform and wrapped Cauchy laws have closed forms. For the von Mises law a table of 256 arcs is made once; in an arc Newton's
/// method finds the angle to rounding, at three or four sums of ten terms.
public struct CircleQuantile: Sendable {
    private let law: CircleLaw
    /// The faces of the table's arcs and the mass before each, for the von Mises law.
    private let faces: [Double]
    private let masses: [Double]

    /// The inverse distribution function of a law.
    public init(_ law: CircleLaw) {
        self.law = law
        guard case .vonMises(let centre, let concentration) = law.family else {
            (faces, masses) = ([], [])
            return
        }
        // Ten standard deviations: what lies beyond has no bit of a uniform number.
        let reach = concentration > 10 ? min(.pi, 10 / concentration.squareRoot()) : .pi
        let faces = (0...256).map { centre + reach * (Double($0) / 128 - 1) }
        self.faces = faces
        masses = zip(faces, faces.dropFirst()).reduce(into: [0]) {
            $0.append($0[$0.count - 1] + law.mass(from: $1.0, to: $1.1))
        }
    }

    /// The angle below which a part `u` of the law lies, `u` in `[0, 1)`; not wrapped.
    public func callAsFunction(_ u: Double) -> Double {
        switch law.family {
        case .uniform: return 2 * .pi * u
        case .wrappedCauchy(let centre, let r):
            return centre + 2 * atan2((1 - r) * sin(.pi * (u - 0.5)), (1 + r) * cos(.pi * (u - 0.5)))
        case .vonMises:
            var (low, high) = (0, faces.count - 2)
            while low < high {
                let middle = (low + high) / 2
                if masses[middle + 1] <= u { low = middle + 1 } else { high = middle }
            }
            let (start, end) = (faces[low], faces[low + 1])
            let wanted = u - masses[low]
            var (left, right) = (start, end)
            var angle = start + (end - start) * min(1, max(0, wanted / (masses[low + 1] - masses[low])))
            for _ in 0..<60 {
                let excess = law.mass(from: start, to: angle) - wanted
                if excess > 0 { right = angle } else { left = angle }
                let step = angle - excess / law.density(at: angle)
                let next = step > left && step < right ? step : 0.5 * (left + right)
                if abs(next - angle) <= 4 * max(1, abs(angle)).ulp { return next }
                angle = next
            }
            return angle
        }
    }
}
