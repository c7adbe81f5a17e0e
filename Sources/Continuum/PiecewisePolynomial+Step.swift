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
    /// - Parameters:
    ///   - scratch: room for the components.
    ///   - sample: writes the function's value for the components.
    mutating func append<System: DynamicalSystem>(
        _ solver: AdaptiveRungeKutta<System>, components: [Int], scratch: UnsafeMutablePointer<Double>,
        sample: (_ components: UnsafePointer<Double>, _ value: UnsafeMutablePointer<Double>) -> Void
    ) {
        let (start, end) = (solver.previousTime, solver.time)
        append(upTo: end) { place, value in
            solver.interpolate(
                at: place == 1 ? end : start + place * (end - start), components: components, into: scratch)
            sample(scratch, value)
        }
    }

    /// Appends a piece in which the function is constant.
    mutating func append(upTo end: Double, constant: [Double]) {
        append(upTo: end) { _, value in
            for component in 0..<constant.count { value[component] = constant[component] }
        }
    }
}
