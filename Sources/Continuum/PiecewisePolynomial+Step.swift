import TimeStepping

extension PiecewisePolynomial {
    /// Appends the last step of an integration, as a function of its state sampled along the dense output.
    ///
    /// - Parameters:
    ///   - scratch: room for a state.
    ///   - sample: writes the function's value for the state in `scratch`.
    mutating func append<System: DynamicalSystem>(
        _ solver: AdaptiveRungeKutta<System>, scratch: UnsafeMutablePointer<Double>,
        sample: (_ state: UnsafePointer<Double>, _ value: UnsafeMutablePointer<Double>) -> Void
    ) {
        let (start, end) = (solver.previousTime, solver.time)
        append(upTo: end) { place, value in
            solver.interpolate(at: place == 1 ? end : start + place * (end - start), into: scratch)
            sample(scratch, value)
        }
    }

    /// Appends the last step of an integration, as a function of some components of its state sampled along the dense output.
    ///
    /// - Parameter sample: writes the function's value for the components.
    mutating func append<System: DynamicalSystem>(
        _ solver: AdaptiveRungeKutta<System>, components: [Int],
        sample: (_ components: UnsafePointer<Double>, _ value: UnsafeMutablePointer<Double>) -> Void
    ) {
        var value = Array(repeating: 0.0, count: dimension)
        let samples = withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, components.count)) {
            part -> [[Double]] in
            guard let base = part.baseAddress else { return [] }
            return nodes(upTo: solver.time).map { node in
                solver.interpolate(at: node, components: components, into: base)
                sample(base, &value)
                return value
            }
        }
        append(upTo: solver.time, samples: samples)
    }

    /// Appends a piece in which the function is constant.
    mutating func append(upTo end: Double, constant value: [Double]) {
        append(upTo: end, samples: Array(repeating: value, count: degree + 1))
    }
}
