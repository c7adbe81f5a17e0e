/// A method for the continuity equation of the limit, as a value: `.galerkin(tolerance: 1e-10)`.
public enum Scheme: Sendable, Equatable {
    /// Cell averages and one flux a face; conservative and positive.
    case finiteVolume(Reconstruction, tolerance: Double)
    /// Fourier modes of the law, whose exact hierarchy is a short stencil; refines itself.
    case galerkin(tolerance: Double)
    /// Nodes carried along the flow; `nil` nodes: as many as the tolerance needs.
    case characteristics(nodes: Int?, tolerance: Double)

    /// What a cell average says of the density at the cell's faces.
    public enum Reconstruction: Sendable, Equatable {
        /// The average itself: first order, monotone.
        case upwind
        /// A limited linear profile: second order.
        case muscl(SlopeLimiter)
        /// Weighted parabolas: fifth order in space.
        case weno5
    }

    /// The tolerance of a time step, and of the resolution where the method chooses it.
    public var tolerance: Double {
        switch self {
        case .finiteVolume(_, let tolerance), .galerkin(let tolerance), .characteristics(_, let tolerance): tolerance
        }
    }

    /// The name in an experiment file.
    public var name: String {
        switch self {
        case .finiteVolume(.upwind, _): "upwind"
        case .finiteVolume(.muscl, _): "muscl"
        case .finiteVolume(.weno5, _): "weno5"
        case .galerkin: "galerkin"
        case .characteristics: "characteristics"
        }
    }
}

/// A slope from the differences to the two neighbours that makes no new extremum.
public enum SlopeLimiter: String, Sendable, CaseIterable {
    /// The smaller difference.
    case minmod
    /// The harmonic mean (van Leer 1974).
    case vanLeer
    /// The monotonised central difference (van Leer 1977).
    case monotonizedCentral = "mc"

    /// The limited difference across a cell from the differences to the left and the right.
    @inline(__always)
    func callAsFunction(_ a: Double, _ b: Double) -> Double {
        let product = a * b
        switch self {
        case .minmod: return product <= 0 ? 0 : (abs(a) < abs(b) ? a : b)
        case .vanLeer: return product <= 0 ? 0 : 2 * product / (a + b)
        case .monotonizedCentral:
            let twice = 2 * (abs(a) < abs(b) ? a : b)
            let central = 0.5 * (a + b)
            return product <= 0 ? 0 : (abs(twice) < abs(central) ? twice : central)
        }
    }
}
