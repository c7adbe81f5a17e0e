import Foundation
import Torus

/// The points `j·z/n + Δ` modulo 1 of a rank-1 lattice rule, `n` a power of two, with a random shift `Δ`.
///
/// The mean over the points integrates periodic functions at a rate that smoothness sets, not the number of angles; independent
/// shifts leave the mean without bias, and their spread tells its error.
///
/// Source of the generating vector `z`: Cools, Kuo, Nuyens, *Constructing embedded lattice rules for multivariate integration*, SIAM J.
/// Sci. Comput. 28 (2006), order-2 weights, base 2, up to 2²⁰ points; its first 100 components.
struct RankOneLattice: Sendable {
    /// The most angles that the generating vector serves.
    static let largestDimension = generatingVector.count
    /// The most points.
    static let largestCount = 1 << 20

    /// The number of points `n`.
    let count: Int
    /// The shift `Δ`, one number an axis.
    let shift: [Double]

    /// The lattice with the shift of a given index; shifts are a fixed sequence of random numbers.
    ///
    /// - Precondition: the count is a power of two up to `largestCount`, the dimension at most `largestDimension`.
    init(dimension: Int, count: Int, shiftIndex: Int) {
        precondition(count.nonzeroBitCount == 1 && count <= Self.largestCount && dimension <= Self.largestDimension)
        self.count = count
        let generator = Philox(seed: 0x6c61_7474_6963_6500)
        shift = (0..<dimension).map {
            generator.uniforms(SIMD4(UInt32(shiftIndex), UInt32($0), 0, 0))[0]
        }
    }

    /// A coordinate of a point, in `[0, 1)`.
    func coordinate(_ point: Int, axis: Int) -> Double {
        // The remainder is exact in whole numbers.
        let place = Double(point * Self.generatingVector[axis] % count) / Double(count) + shift[axis]
        return place < 1 ? place : place - 1
    }

    private static let generatingVector = [
        1, 182667, 469891, 498753, 110745, 446247, 250185, 118627, 245333, 283199, 408519, 391023, 246327, 126539,
        399185,
        461527, 300343, 69681, 516695, 436179, 106383, 238523, 413283, 70841, 47719, 300129, 113029, 123925, 410745,
        211325,
        17489, 511893, 40767, 186077, 519471, 255369, 101819, 243573, 66189, 152143, 503455, 113217, 132603, 463967,
        297717,
        157383, 224015, 502917, 36237, 94049, 170665, 79397, 123963, 223451, 323871, 303633, 98567, 318855, 494245,
        477137,
        177975, 64483, 26695, 88779, 94497, 239429, 381007, 110205, 339157, 73397, 407559, 181791, 442675, 301397,
        32569,
        147737, 189949, 138655, 350241, 63371, 511925, 515861, 434045, 383435, 249187, 492723, 479195, 84589, 99703,
        239831,
        269423, 182241, 61063, 130789, 143095, 471209, 139019, 172565, 487045, 304803,
    ]
}
