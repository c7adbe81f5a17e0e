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
    /// The two lists have different numbers of atoms.
    case otherCount(found: Int, expected: Int)
    /// More atoms than the method takes.
    case tooManyAtoms(found: Int, largest: Int)
    /// The method takes equal weights alone.
    case unequalWeights(index: Int)
    /// A direction of a projection is 0.
    case noDirection
    /// As many starting weights as given atoms are needed.
    case startCount(found: Int, expected: Int)
    /// A starting weight is infinite or not a number.
    case nonFiniteStart(index: Int, value: Double)
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
    /// A mode has another number of frequencies than the density has angles.
    case frequencyCount(found: Int, expected: Int)
    /// A mode, or its negative, is given twice.
    case repeatedMode(frequency: [Int])
    /// A mode's coefficient is infinite or not a number.
    case nonFiniteMode(frequency: [Int])
    /// The coefficient of frequency 0 is not real.
    case complexMass(imaginary: Double)
    /// A sum of modes is below zero at some point.
    case negativeModes(value: Double)
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
        case .otherCount(let found, let expected):
            "found \(expected) atoms and \(found) atoms, expected equal numbers"
        case .tooManyAtoms(let found, let largest):
            "found \(found) atoms, expected at most \(largest): draw fewer of them, or compare with a density"
        case .unequalWeights(let index):
            "weight \(index) differs from weight 0, expected equal weights between atoms of several angles"
        case .noDirection: "found a direction whose components are all 0"
        case .startCount(let found, let expected):
            "found \(found) starting weights for \(expected) atoms"
        case .nonFiniteStart(let index, let value):
            "starting weight \(index) is \(value), expected a finite number"
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
        case .frequencyCount(let found, let expected):
            "found a mode of \(found) frequencies, expected one for each of the \(expected) angles"
        case .repeatedMode(let frequency):
            "the mode \(frequency) is given twice, expected one of each pair of opposite frequencies"
        case .nonFiniteMode(let frequency): "the mode \(frequency) is no finite number"
        case .complexMass(let imaginary):
            "the mode of frequency 0 has the imaginary part \(imaginary), expected a real number"
        case .negativeModes(let value):
            "the modes sum to \(value) at a point, expected a density without negative values"
        case .mass(let defect, let tolerance):
            "the density has the mass 1 + (\(defect)), expected 1 within \(tolerance): normalise it first"
        }
    }
}
