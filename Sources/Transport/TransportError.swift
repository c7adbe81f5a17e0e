/// Why atoms or a density cannot be compared.
public enum TransportError: Error, Equatable, CustomStringConvertible {
    /// There is no atom.
    case noAtoms
    /// The density has no cell.
    case noCells
    /// The density's grid has another number of axes than the method needs.
    case dimension(found: Int, expected: Int)
    /// The angles are not a whole number of atoms.
    case angleCount(found: Int, dimension: Int)
    /// The method is for another number of angles.
    case unsupportedDimension(found: Int)
    /// As many starting weights as given atoms are needed.
    case startCount(found: Int, expected: Int)
    /// A starting weight is infinite or not a number.
    case nonFiniteStart(index: Int, value: Double)
    /// The order is not offered for this many angles.
    case unsupportedOrder(WassersteinOrder, dimension: Int)
    /// An atom is at no angle: infinite or not a number.
    case nonFiniteAngle(index: Int, value: Double)
    /// There are as many weights as atoms, or none.
    case weightCount(found: Int, expected: Int)
    /// A weight is infinite or not a number.
    case nonFiniteWeight(index: Int, value: Double)
    /// A weight is below zero.
    case negativeWeight(index: Int, value: Double)
    /// The weights sum to 1 plus a defect beyond the tolerance.
    case weightSum(defect: Double, tolerance: Double)
    /// A cell average is infinite or not a number.
    case nonFiniteDensity(cell: Int, value: Double)
    /// A cell average is below zero.
    case negativeDensity(cell: Int, value: Double)
    /// The density's mass is 1 plus a defect beyond the tolerance.
    case mass(defect: Double, tolerance: Double)

    /// What was found and what was expected.
    public var description: String {
        switch self {
        case .noAtoms: "found no atoms, expected at least one"
        case .noCells: "the density has no cells, expected at least one"
        case .dimension(let found, let expected):
            "the density's grid has \(found) axes, expected \(expected)"
        case .angleCount(let found, let dimension):
            "found \(found) angles, expected a multiple of \(dimension), one for each axis of an atom"
        case .unsupportedDimension(let found): "found \(found) angles an atom, expected 1, 2 or 3"
        case .startCount(let found, let expected):
            "found \(found) starting weights for \(expected) atoms"
        case .nonFiniteStart(let index, let value):
            "starting weight \(index) is \(value), expected a finite number"
        case .unsupportedOrder(let order, let dimension):
            "found order \(order.rawValue) in \(dimension) angles, expected order 2 there"
        case .nonFiniteAngle(let index, let value): "atom \(index) is at \(value), expected a finite angle"
        case .weightCount(let found, let expected): "found \(found) weights for \(expected) atoms"
        case .nonFiniteWeight(let index, let value): "weight \(index) is \(value), expected a finite number"
        case .negativeWeight(let index, let value): "weight \(index) is \(value), expected no negative weight"
        case .weightSum(let defect, let tolerance):
            "the weights sum to 1 + (\(defect)), expected 1 within \(tolerance)"
        case .nonFiniteDensity(let cell, let value):
            "the density in cell \(cell) is \(value), expected a finite number"
        case .negativeDensity(let cell, let value):
            "the density in cell \(cell) is \(value), expected no negative value"
        case .mass(let defect, let tolerance):
            "the density has the mass 1 + (\(defect)), expected 1 within \(tolerance): normalise it first"
        }
    }
}
