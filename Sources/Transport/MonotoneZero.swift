/// The zero of the non-decreasing slope of a convex function, enclosed between two arguments.
///
/// Newton's method, kept inside the bracket and replaced by bisection when it leaves the bracket or shrinks it too
/// slowly; the slope may jump across zero. After Newton has settled, points on the other side of the zero are tried until
/// the bracket is as narrow as the rounding of the argument, because `|slope|·reach` bounds how far the convex function is
/// above its minimum.
struct MonotoneZero {
    /// The argument at which the slope is known.
    let point: Double
    /// The slope there.
    let slope: Double
    /// The zero is at most this far from `point`.
    let reach: Double
    /// How many times the slope was evaluated.
    let evaluations: Int

    /// Searches for the zero.
    ///
    /// - Parameters:
    ///   - start: where to begin, inside the bracket.
    ///   - bracket: arguments between which the slope changes sign.
    ///   - resolution: the bracket is not narrowed below this width.
    ///   - evaluate: the slope and its derivative; the derivative may be zero or wrong at a kink.
    init(
        from start: Double, in bracket: ClosedRange<Double>, resolution: Double,
        _ evaluate: (Double) -> (slope: Double, curvature: Double)
    ) {
        var (low, high) = (bracket.lowerBound, bracket.upperBound)
        var (lowSlope, highSlope) = (-Double.infinity, Double.infinity)
        var argument = Swift.min(Swift.max(start, low), high)
        var evaluations = 0
        var width = high - low
        var slowSteps = 0
        var probe = resolution
        while evaluations < 300 {
            let (slope, curvature) = evaluate(argument)
            evaluations += 1
            if slope == 0 {
                (low, high, lowSlope, highSlope) = (argument, argument, 0, 0)
                break
            }
            if slope < 0 {
                (low, lowSlope) = (argument, slope)
            } else {
                (high, highSlope) = (argument, slope)
            }
            if high - low <= resolution { break }

            // Two steps without halving the bracket are allowed to Newton, which closes in from one side.
            slowSteps = high - low > 0.5 * width ? slowSteps + 1 : 0
            width = high - low
            let step = curvature > 0 ? slope / curvature : .infinity
            var next = argument - step
            if abs(step) <= resolution {
                next = slope < 0 ? argument + probe : argument - probe
                probe *= 4
                slowSteps = 0
            }
            if slowSteps > 3 || !(next > low && next < high) {
                next = low + 0.5 * (high - low)
                if slowSteps > 3 { slowSteps = 2 }
                if next <= low || next >= high { break }
            }
            argument = next
        }
        // Of the two ends, the one whose tangent promises the higher minimum.
        let reach = high - low
        self.evaluations = evaluations
        self.reach = reach
        if -lowSlope <= highSlope {
            (point, slope) = (low, lowSlope)
        } else {
            (point, slope) = (high, highSlope)
        }
    }
}
