import Archive
import Continuum
import Foundation
import Torus
import Training

extension Experiment {
    /// The names of the angles of an experiment without an expert: `theta0`, `theta1`, …
    static func angleNames(_ dimension: Int) -> [String] { (0..<dimension).map { "theta\($0)" } }

    /// Reads `continuum.potential`: terms such as `cos(theta0)*sin(2*theta1)` with their coefficients.
    ///
    /// - Parameter grid: the number of axes of the grid, when one is given; otherwise the largest angle named tells how many
    ///   there are.
    static func potential(_ node: ConfigurationNode, grid: Int?) throws -> TrigonometricPolynomial {
        let terms = try node.entries().map { ($0.0, try $0.1.number()) }
        guard !terms.isEmpty else { throw node.error("found no terms, expected at least one, such as cos(theta0): -1") }
        do {
            let named = try terms.flatMap { try HarmonicProduct($0.0).factors.map(\.name) }
            let limit = Characteristics.largestDimension
            let dimension = (1...limit).last { named.contains("theta\($0 - 1)") } ?? 1
            return try TrigonometricPolynomial(
                Dictionary(terms) { $0 + $1 }, names: angleNames(max(dimension, grid ?? 1)))
        } catch let error where error is HarmonicProductError || error is TrigonometricPolynomialError {
            throw node.error("\(error)")
        }
    }

    /// Reads the section `initial`.
    ///
    /// - Parameter names: those of the angles.
    static func initialLaw(
        _ node: ConfigurationNode, names: [String], in folder: InputFiles
    ) throws -> InitialLaw {
        do {
            if node.isList {
                let axes = try node.elements().map(circleLaw)
                let law = InitialLaw.product(axes)
                try law.check(dimension: names.count)
                return law
            }
            guard node.isMapping else {
                _ = try node.choice(of: ["uniform"])
                return .uniform
            }
            let keys = try node.children(known: ["von_mises", "wrapped_cauchy", "polynomial", "field"])
            guard let (name, body) = keys.first, keys.count == 1 else {
                throw node.error(
                    "found \(keys.count) laws, expected one of von_mises, wrapped_cauchy, polynomial and field")
            }
            if name == "polynomial" {
                let terms = try body.entries().map { ($0.0, try $0.1.number()) }
                let polynomial = try TrigonometricPolynomial(Dictionary(terms) { $0 + $1 }, names: names)
                return .polynomial(try PolynomialLaw(basis: polynomial.basis, coefficients: polynomial.coefficients))
            }
            if name == "field" {
                var field = try GridFile.field(at: path(of: body, in: folder))
                guard field.grid.dimension == names.count else {
                    throw body.error(
                        "found \(field.grid.description) cells, expected one axis for each of "
                            + "the \(names.count) angles")
                }
                if let cell = field.values.firstIndex(where: { !$0.isFinite }) {
                    throw body.error("found \(field.values[cell]) in cell \(cell), expected finite numbers")
                }
                // As `kac distance` does: single precision and printed digits stay below, another measure or period does not.
                let integral = field.integral
                if abs(integral - 1) <= DistanceProblem.tolerance {
                    field = Field(grid: field.grid, values: field.values.map { $0 / integral })
                }
                do {
                    return .field(try FieldLaw(field))
                } catch {
                    throw body.error("\(error)")
                }
            }
            let (centres, concentrations) = try parameters(of: body, count: names.count)
            return .product(try zip(centres, concentrations).map { try circleLaw(name, $0, $1) })
        } catch let error
            where error is InitialLawError || error is HarmonicProductError || error is TrigonometricPolynomialError
        {
            throw node.error("\(error)")
        }
    }

    /// A file, or a dataset in one as in `file.h5:/path`, relative to the experiment.
    private static func path(of node: ConfigurationNode, in folder: InputFiles) throws -> String {
        let text = try node.text()
        guard let range = text.range(of: ":/", options: .backwards) else { return try resolve(node, in: folder).path }
        return folder.url(of: String(text[..<range.lowerBound])).path + text[range.lowerBound...]
    }

    private static func circleLaw(_ name: String, _ centre: Double, _ concentration: Double) throws -> CircleLaw {
        name == "von_mises"
            ? try .vonMises(centre: centre, concentration: concentration)
            : try .wrappedCauchy(centre: centre, concentration: concentration)
    }

    /// One axis of a list: `uniform`, or `{von_mises: {centre: 1, concentration: 2}}`.
    private static func circleLaw(_ node: ConfigurationNode) throws -> CircleLaw {
        guard node.isMapping else {
            _ = try node.choice(of: ["uniform"])
            return .uniform
        }
        let keys = try node.children(known: ["von_mises", "wrapped_cauchy"])
        guard let (name, body) = keys.first, keys.count == 1 else {
            throw node.error("found \(keys.count) laws, expected one of von_mises and wrapped_cauchy")
        }
        let (centres, concentrations) = try parameters(of: body, count: 1)
        return try circleLaw(name, centres[0], concentrations[0])
    }

    /// `{centre: …, concentration: …}`, each a number or one number an axis.
    private static func parameters(
        of node: ConfigurationNode, count: Int
    ) throws -> (centres: [Double], concentrations: [Double]) {
        let keys = try node.children(known: ["centre", "concentration"])
        func numbers(_ name: String) throws -> [Double] {
            let value = try child(name, of: keys, node)
            guard value.isList else { return Array(repeating: try value.number(), count: count) }
            let numbers = try value.elements().map { try $0.number() }
            guard numbers.count == count else {
                throw value.error("found \(numbers.count) numbers, expected one for each of the \(count) angles")
            }
            return numbers
        }
        return (try numbers("centre"), try numbers("concentration"))
    }
}
