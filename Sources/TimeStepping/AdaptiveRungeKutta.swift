import Foundation

/// An explicit Runge–Kutta integration with error control, which lands exactly on the times asked for.
///
/// The error of a step is measured against `tolerance·(1 + |y|)` in the root mean square over the unknowns; a step is
/// kept when this ratio is at most 1. A step shortened to land on an output time does not shorten the ones after it.
/// Nothing is allocated after the initialiser. Cost of a step: one call of `derivative` a stage, and one pass over the
/// state for each nonzero coefficient, by the threads of the system; numbers do not depend on their number.
public final class AdaptiveRungeKutta<System: DynamicalSystem> {
    /// The system that is integrated.
    public let system: System
    /// The method.
    public let pair: EmbeddedPair
    /// The tolerance of a step, absolute and relative.
    public let tolerance: Double
    /// The time reached.
    public private(set) var time: Double
    /// The start of the last step.
    public private(set) var previousTime: Double
    /// The step that the error control proposes next; 0 before the first.
    public private(set) var stepSize = 0.0
    /// Steps kept so far.
    public private(set) var acceptedSteps = 0
    /// Steps tried again with a smaller size so far.
    public private(set) var rejectedSteps = 0

    /// The limit of the last step, and the steps kept on the way to it.
    private var way = (limit: -Double.infinity, steps: 0)

    /// Where the rate at the current state is, if anywhere.
    private enum RateAtState { case unknown, firstStage, lastStage }

    private let count: Int
    private let memory: UnsafeMutablePointer<Double>
    /// Reals from a slot to the next.
    private let slotLength: Int
    /// Unknowns that are worked on at a time: four rows of them stay in the first cache.
    private static var block: Int { 512 }
    /// Blocks of a piece that a thread works on.
    private static var pieceBlocks: Int { 16 }
    private let pieceCount: Int
    /// A block's estimate of the error, for each piece.
    private let estimates: UnsafeMutablePointer<Double>
    /// The sums of squares of each block, of the error and of its damping: they are added in the order of the blocks.
    private let squares: UnsafeMutablePointer<Double>
    private var rate = RateAtState.unknown
    private var extraStagesAreReady = false
    private var denseIsReady = false

    /// An integration that starts at a state.
    ///
    /// - Precondition: the state has the system's dimension, and the tolerance is positive.
    public init(_ system: System, state: [Double], time: Double = 0, pair: EmbeddedPair, tolerance: Double) {
        precondition(state.count == system.dimension && tolerance > 0)
        self.system = system
        self.pair = pair
        self.tolerance = tolerance
        self.time = time
        previousTime = time
        count = state.count
        rateSlots = (3, 3 + pair.stageCount)
        let slots = 3 + pair.stageCount + 1 + (pair.dense.map { $0.nodes.count + 3 + $0.polynomial.count } ?? 0)
        // Every slot is written before it is read: those that are never used stay without pages.
        // Slots begin with cache lines, and not all of them at the same place of a page.
        slotLength = (count + 7) / 8 * 8 + 8
        let blockCount = (count + Self.block - 1) / Self.block
        pieceCount = (blockCount + Self.pieceBlocks - 1) / Self.pieceBlocks
        let capacity = slots * slotLength + pieceCount * Self.block + 2 * blockCount
        memory =
            UnsafeMutableRawPointer
            .allocate(byteCount: capacity * MemoryLayout<Double>.stride, alignment: 64)
            .bindMemory(to: Double.self, capacity: capacity)
        estimates = memory + slots * slotLength
        squares = estimates + pieceCount * Self.block
        for i in 0..<count { memory[i] = state[i] }
    }

    deinit { memory.deallocate() }

    // The memory, in slots of one state each: the state, the one before, the trial; the stages and the rate at the
    // step's end; the extra stages of the dense output and its polynomial. What a kept step makes the state, or the first
    // stage of the next step, changes its slot, not its place.
    private var slots = (current: 0, previous: 1, trial: 2)
    private var rateSlots: (first: Int, last: Int)
    private func slot(_ index: Int) -> UnsafeMutablePointer<Double> { memory + index * slotLength }
    private var current: UnsafeMutablePointer<Double> { slot(slots.current) }
    private var previous: UnsafeMutablePointer<Double> { slot(slots.previous) }
    private var trial: UnsafeMutablePointer<Double> { slot(slots.trial) }
    private func stage(_ index: Int) -> UnsafeMutablePointer<Double> {
        slot(index == 0 ? rateSlots.first : (index == pair.stageCount ? rateSlots.last : 3 + index))
    }
    private func polynomial(_ index: Int) -> UnsafeMutablePointer<Double> {
        stage(pair.stageCount + 1 + (pair.dense?.nodes.count ?? 0) + index)
    }

    /// The state, as numbers to read.
    public var state: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: current, count: count) }

    /// Steps until the time is exactly `target`.
    ///
    /// - Parameter afterStep: called after each step that is kept.
    /// - Throws: `TimeSteppingError` when the state is no longer finite or the step becomes too small; what
    ///   `afterStep` throws.
    public func advance(to target: Double, afterStep: () throws -> Void = {}) throws {
        while time < target {
            try step(limit: target)
            try afterStep()
        }
    }

    /// Takes one step that does not go beyond `limit`.
    ///
    /// - Throws: `TimeSteppingError` when the state is no longer finite, the step becomes too small, or the limit is too far away.
    public func step(limit: Double) throws {
        if way.limit != limit { way = (limit, 0) }
        if StepCount.isHopeless(taken: way.steps, step: stepSize, remaining: limit - time) {
            throw TimeSteppingError.tooManySteps(time: time, step: stepSize, end: limit)
        }
        switch rate {
        case .unknown: system.derivative(time: time, state: current, rate: stage(0))
        case .firstStage: break
        case .lastStage: rateSlots = (rateSlots.last, rateSlots.first)
        }
        rate = .firstStage
        denseIsReady = false
        extraStagesAreReady = false
        if stepSize == 0 { stepSize = startingStep(span: limit - time) }
        var rejected = false
        while true {
            let remaining = limit - time
            // Two halves instead of a whole step and a sliver.
            let lands = stepSize >= remaining * (1 - 1e-12)
            let h = lands ? remaining : min(stepSize, remaining / 2)
            takeStages(h)
            let ratio = errorRatio(h)
            let growth = ratio.isFinite ? min(6, max(0.2, 0.9 * pow(ratio, -pair.controlExponent))) : 0.1
            if ratio <= 1 {
                slots = (current: slots.trial, previous: slots.current, trial: slots.previous)
                previousTime = time
                time = lands ? limit : time + h
                acceptedSteps += 1
                way.steps += 1
                rate = .lastStage
                let proposal = h * (rejected ? min(1, growth) : growth)
                stepSize = h < stepSize ? max(stepSize, proposal) : proposal
                return
            }
            rejected = true
            rejectedSteps += 1
            stepSize = h * min(0.9, growth)
            if stepSize <= 4 * max(abs(time), Double.leastNormalMagnitude).ulp || stepSize < 1e-300 {
                throw ratio.isFinite ? TimeSteppingError.stepTooSmall(time: time) : .notFinite(time: time)
            }
        }
    }

    /// Goes back to the state before the last step, with half its size proposed.
    ///
    /// - Precondition: a step has been taken, and not undone.
    public func undoStep() {
        precondition(rate == .lastStage)
        slots = (current: slots.previous, previous: slots.current, trial: slots.trial)
        stepSize = (time - previousTime) / 2
        time = previousTime
        acceptedSteps -= 1
        rate = .firstStage
        denseIsReady = false
        extraStagesAreReady = false
    }

    /// Proposes the size of the next step, as a solver does that replaces this integration by another.
    public func proposeStep(_ size: Double) {
        stepSize = size
    }

    private func takeStages(_ h: Double) {
        for i in 1..<pair.stageCount {
            combine(pair.rows[i], scale: h, base: current, into: trial)
            system.derivative(time: time + pair.nodes[i] * h, state: trial, rate: stage(i))
        }
        combine(pair.weights, scale: h, base: current, into: trial)
        system.derivative(time: time + h, state: trial, rate: stage(pair.stageCount))
    }

    /// Writes `base + scale·Σ weight·stage`, in blocks that stay in the cache over the stages.
    private func combine(
        _ entries: [EmbeddedPair.Entry], scale: Double, base: UnsafeMutablePointer<Double>?,
        into result: UnsafeMutablePointer<Double>
    ) {
        nonisolated(unsafe) let (integration, base, result) = (self, base, result)
        forEachBlock { _, _, start, length in
            integration.sum(entries, scale: scale, base: base.map { $0 + start }, start, length, into: result + start)
        }
    }

    /// Calls `body` with piece, block, first unknown and number of unknowns of every block, as many pieces at once as the system has threads.
    private func forEachBlock(_ body: @Sendable (_ piece: Int, _ block: Int, _ start: Int, _ length: Int) -> Void) {
        let (count, length, pieceBlocks) = (count, Self.block, Self.pieceBlocks)
        system.forEachPiece(pieceCount) { piece in
            for block in piece * pieceBlocks..<(piece + 1) * pieceBlocks where block * length < count {
                body(piece, block, block * length, min(length, count - block * length))
            }
        }
    }

    /// Writes `base + scale·Σ weight·stage` of a block, four stages at a time.
    private func sum(
        _ entries: [EmbeddedPair.Entry], scale: Double, base: UnsafeMutablePointer<Double>?, _ start: Int,
        _ length: Int, into result: UnsafeMutablePointer<Double>
    ) {
        var from = base ?? result
        if base == nil { result.update(repeating: 0, count: length) }
        if entries.isEmpty, let base { result.update(from: base, count: length) }
        func row(_ entry: Int) -> UnsafeMutablePointer<Double> { stage(entries[entry].stage) + start }
        func weight(_ entry: Int) -> Double { scale * entries[entry].weight }
        var e = 0
        while e < entries.count {
            switch entries.count - e {
            case 1:
                RowSum.write(result, from, row(e), weight(e), count: length)
                e += 1
            case 2, 3:
                RowSum.write(result, from, row(e), row(e + 1), (weight(e), weight(e + 1)), count: length)
                e += 2
            default:
                RowSum.write(
                    result, from, row(e), row(e + 1), row(e + 2), row(e + 3),
                    (weight(e), weight(e + 1), weight(e + 2), weight(e + 3)), count: length)
                e += 4
            }
            from = result
        }
    }

    /// The ratio of the estimated error of a step to what the tolerance allows; not finite when a stage is not.
    private func errorRatio(_ h: Double) -> Double {
        if count == 0 { return 0 }
        var square = 0.0
        var dampingSquare = 0.0
        nonisolated(unsafe) let integration = self
        forEachBlock { piece, block, start, length in
            let (pair, squares) = (integration.pair, integration.squares)
            squares[2 * block] = integration.scaledSquare(pair.errorWeights, h, piece, start, length)
            if !pair.damping.isEmpty {
                squares[2 * block + 1] = integration.scaledSquare(pair.damping, h, piece, start, length)
            }
        }
        for block in 0..<(count + Self.block - 1) / Self.block {
            square += squares[2 * block]
            if !pair.damping.isEmpty { dampingSquare += squares[2 * block + 1] }
        }
        if square == 0 { return 0 }
        if pair.damping.isEmpty { return (square / Double(count)).squareRoot() }
        return square / ((square + 0.01 * dampingSquare) * Double(count)).squareRoot()
    }

    /// The sum over a block of the squares of `h·Σ weight·stage / (tolerance·(1 + |y|))`.
    private func scaledSquare(
        _ entries: [EmbeddedPair.Entry], _ h: Double, _ piece: Int, _ start: Int, _ length: Int
    ) -> Double {
        let estimate = estimates + piece * Self.block
        sum(entries, scale: h, base: nil, start, length, into: estimate)
        return RowSum.scaledSquare(estimate, current + start, trial + start, tolerance: tolerance, count: length)
    }

    /// A first step from the sizes of the state, its rate and the rate's change (Hairer, Nørsett, Wanner II.4).
    private func startingStep(span: Double) -> Double {
        // Divided by the largest ratio, so that squares of large rates do not overflow.
        func norm(_ value: (Int) -> Double) -> Double {
            func ratio(_ i: Int) -> Double { abs(value(i)) / (tolerance * (1 + abs(current[i]))) }
            let largest = (0..<count).reduce(0) { max($0, ratio($1)) }
            guard largest > 0, largest.isFinite else { return largest }
            var sum = 0.0
            for i in 0..<count { sum += (ratio(i) / largest) * (ratio(i) / largest) }
            return largest * (sum / Double(count)).squareRoot()
        }
        let d0 = norm { self.current[$0] }
        let d1 = norm { self.stage(0)[$0] }
        let h0 = min(span, d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1)
        for i in 0..<count { trial[i] = current[i] + h0 * stage(0)[i] }
        system.derivative(time: time + h0, state: trial, rate: stage(1))
        let d2 = norm { self.stage(1)[$0] - self.stage(0)[$0] } / h0
        let steepest = max(d1, d2)
        let h1 = steepest <= 1e-15 ? max(1e-6, h0 * 1e-3) : pow(0.01 / steepest, pair.controlExponent)
        let h = min(100 * h0, h1)
        return h.isFinite && h > 0 ? min(span, h) : (h0 > 0 ? h0 : min(span, 1e-6))
    }

    /// The state at a time within the last step, by the pair's dense output.
    ///
    /// The first call after a step costs the extra stages.
    /// - Precondition: the pair has a dense output, a step has been taken, and the time lies in it.
    public func interpolate(at instant: Double, into result: UnsafeMutablePointer<Double>) {
        guard let dense = pair.dense, rate == .lastStage, instant >= previousTime, instant <= time else {
            preconditionFailure("no dense output at time \(instant)")
        }
        let h = time - previousTime
        if !denseIsReady {
            prepareDense(dense, h)
            denseIsReady = true
        }
        let x = (instant - previousTime) / h
        let terms = 3 + dense.polynomial.count
        for i in 0..<count { result[i] = 0 }
        for reversed in 0..<terms {
            let f = polynomial(terms - 1 - reversed)
            let factor = reversed % 2 == 0 ? x : 1 - x
            for i in 0..<count { result[i] = (result[i] + f[i]) * factor }
        }
        for i in 0..<count { result[i] += previous[i] }
    }

    /// Some components of the state at a time within the last step, by the pair's dense output.
    ///
    /// The first call after a step costs the extra stages, and every call a few operations a component and stage.
    /// - Precondition: as for the whole state.
    public func interpolate(at instant: Double, components: [Int], into result: UnsafeMutablePointer<Double>) {
        guard let dense = pair.dense, rate == .lastStage, instant >= previousTime, instant <= time else {
            preconditionFailure("no dense output at time \(instant)")
        }
        let h = time - previousTime
        prepareExtraStages(dense, h)
        let x = (instant - previousTime) / h
        let (first, last) = (stage(0), stage(pair.stageCount))
        for (slot, i) in components.enumerated() {
            let change = current[i] - previous[i]
            var sum = 0.0
            for reversed in 0..<3 + dense.polynomial.count {
                let term = 2 + dense.polynomial.count - reversed
                switch term {
                case 0: sum += change
                case 1: sum += h * first[i] - change
                case 2: sum += 2 * change - h * (first[i] + last[i])
                default: for entry in dense.polynomial[term - 3] { sum += h * entry.weight * stage(entry.stage)[i] }
                }
                sum *= reversed % 2 == 0 ? x : 1 - x
            }
            result[slot] = previous[i] + sum
        }
    }

    private func prepareExtraStages(_ dense: EmbeddedPair.DenseCoefficients, _ h: Double) {
        if extraStagesAreReady { return }
        let end = pair.stageCount
        for (extra, row) in dense.rows.enumerated() {
            combine(row, scale: h, base: previous, into: trial)
            system.derivative(time: previousTime + dense.nodes[extra] * h, state: trial, rate: stage(end + 1 + extra))
        }
        extraStagesAreReady = true
    }

    private func prepareDense(_ dense: EmbeddedPair.DenseCoefficients, _ h: Double) {
        prepareExtraStages(dense, h)
        let end = pair.stageCount
        let (first, last) = (stage(0), stage(end))
        let (f0, f1, f2) = (polynomial(0), polynomial(1), polynomial(2))
        for i in 0..<count {
            let change = current[i] - previous[i]
            f0[i] = change
            f1[i] = h * first[i] - change
            f2[i] = 2 * change - h * (first[i] + last[i])
        }
        for (row, entries) in dense.polynomial.enumerated() {
            combine(entries, scale: h, base: nil, into: polynomial(3 + row))
        }
    }
}

extension AdaptiveRungeKutta {
    /// All that the steps to come depend on.
    public var snapshot: Snapshot {
        var snapshot = Snapshot()
        snapshot.store([time, previousTime, stepSize, way.limit], as: "times")
        snapshot.store([acceptedSteps, rejectedSteps, way.steps], as: "steps")
        snapshot.store(Array(state), as: "state")
        switch rate {
        case .unknown: break
        case .firstStage: snapshot.store(Array(UnsafeBufferPointer(start: stage(0), count: count)), as: "rate")
        case .lastStage:
            snapshot.store(Array(UnsafeBufferPointer(start: stage(pair.stageCount), count: count)), as: "rate")
        }
        return snapshot
    }

    /// Goes on from a snapshot of the same system: the steps to come are the same to the bit.
    ///
    /// The last step can neither be undone nor looked into.
    /// - Throws: `SnapshotError`.
    public func restore(_ snapshot: Snapshot) throws {
        let times = try snapshot.reals("times", count: 4)
        let steps = try snapshot.integers("steps", count: 3)
        let state = try snapshot.reals("state", count: count)
        let rate = snapshot.values["rate"] == nil ? nil : try snapshot.reals("rate", count: count)
        (time, previousTime, stepSize) = (times[0], times[1], times[2])
        (acceptedSteps, rejectedSteps) = (steps[0], steps[1])
        way = (times[3], steps[2])
        for i in 0..<count { current[i] = state[i] }
        if let rate { for i in 0..<count { stage(0)[i] = rate[i] } }
        self.rate = rate == nil ? .unknown : .firstStage
        denseIsReady = false
        extraStagesAreReady = false
    }
}
