import Foundation
import Torus

extension StateVectorSweep {
    /// What a sweep's workers share, and the work on one block of points and one datum.
    struct Core: @unchecked Sendable {
        typealias Lanes = SIMD8<Double>
        typealias Rows = UnsafeMutablePointer<Lanes>

        /// A worker's own memory.
        struct Scratch {
            /// The states before trained steps one after the other, or one state.
            let states: Rows
            let costate: Rows
            /// Cosine and sine of every trained turn.
            let turns: Rows
            let gradient: Rows
            /// Cosine and sine of the turn at hand.
            let turn: Rows
            /// A value or a derivative, and three rows of its partial sums.
            let result: Rows

            init(_ base: Rows, _ core: Core) {
                states = base
                costate = base + core.stateCount * core.rowCount
                turns = costate + core.rowCount
                gradient = turns + 2 * core.trainedCount
                turn = gradient + core.parameterCount
                result = turn + 2
            }
        }

        let datumCount: Int
        let parameterCount: Int
        let trainedCount: Int
        let rowCount: Int
        /// Whether the states before trained steps are kept for the way back.
        let keepsStates: Bool
        let stateCount: Int
        private let plan: SweepPlan
        /// Cosine and sine of every turn by data, datum by datum.
        private let datumTurns: UnsafeMutablePointer<Double>
        /// The rows of the state before the first trained step: those of a datum, or one for all.
        private let prefixStates: UnsafeMutablePointer<Double>
        private let prefixStride: Int
        /// The amplitudes of every datum's initial state, datum by datum; none when it is `|0…0⟩`.
        private let amplitudes: UnsafeMutablePointer<Double>
        private let amplitudeCount: Int

        var scratchLength: Int { (stateCount + 1) * rowCount + 2 * trainedCount + parameterCount + 6 }

        init(_ expert: QuantumExpert, inputs: [[Double]]) {
            let rows = 2 << expert.circuit.qubitCount
            let storesPrefix = inputs.count <= StateVectorSweep.prefixLimit / (8 * rows)
            plan = SweepPlan(expert, storesPrefix: storesPrefix)
            rowCount = rows
            datumCount = inputs.count
            parameterCount = expert.parameterCount
            trainedCount = plan.trainedCount
            keepsStates = (trainedCount + 1) * rows <= StateVectorSweep.tapeLimit / MemoryLayout<Lanes>.size
            stateCount = keepsStates ? trainedCount + 1 : 1
            prefixStride = storesPrefix ? rows : 0
            datumTurns = .allocate(capacity: max(1, 2 * plan.datumAngles.count * inputs.count))
            prefixStates = .allocate(capacity: storesPrefix ? rows * inputs.count : rows)
            amplitudeCount = expert.circuit.amplitudes.count
            amplitudes = .allocate(capacity: max(1, amplitudeCount * inputs.count))
            tabulate(inputs, expert)
            runPrefix()
        }

        func deallocate() {
            datumTurns.deallocate()
            prefixStates.deallocate()
            amplitudes.deallocate()
        }

        private func tabulate(_ inputs: [[Double]], _ expert: QuantumExpert) {
            var values = Array(repeating: 0.0, count: expert.circuit.inputs.count)
            var place = 0
            for (datum, row) in inputs.enumerated() {
                for (input, value) in zip(expert.roles.data, row) { values[input] = value }
                if amplitudeCount > 0 {
                    expert.circuit.normaliseAmplitudes(of: values, into: amplitudes + datum * amplitudeCount)
                }
                for (angle, scale) in plan.datumAngles {
                    let turn = scale * angle.value(values)
                    datumTurns[place] = cos(turn)
                    datumTurns[place + 1] = sin(turn)
                    place += 2
                }
            }
        }

        /// Applies the steps before the first trained one, a datum a lane.
        private func runPrefix() {
            if prefixStride == 0 {
                prefixStates.initialize(repeating: 0, count: rowCount)
                prefixStates[0] = 1
                return
            }
            let rows = Rows.allocate(capacity: rowCount + 2)
            defer { rows.deallocate() }
            let turn = rows + rowCount
            turn.initialize(repeating: Lanes(), count: 2)
            for first in stride(from: 0, to: datumCount, by: 8) {
                rows.initialize(repeating: Lanes(), count: rowCount)
                rows[0] = Lanes(repeating: 1)
                for k in 0..<amplitudeCount {
                    for lane in 0..<8 {
                        rows[2 * k][lane] = amplitudes[min(first + lane, datumCount - 1) * amplitudeCount + k]
                    }
                }
                for step in plan.prefix {
                    (turn[0], turn[1]) = (Lanes(repeating: step.cosine), Lanes(repeating: step.sine))
                    if step.source == .datum {
                        for lane in 0..<8 {
                            let table = datumTable(min(first + lane, datumCount - 1))
                            turn[0][lane] = table[2 * step.datumPlace]
                            turn[1][lane] = table[2 * step.datumPlace + 1]
                        }
                    }
                    apply(step, from: rows, to: rows, by: turn)
                }
                for lane in 0..<min(8, datumCount - first) {
                    let state = prefixStates + (first + lane) * prefixStride
                    for row in 0..<rowCount { state[row] = rows[row][lane] }
                }
            }
        }

        @inline(__always)
        private func datumTable(_ datum: Int) -> UnsafeMutablePointer<Double> {
            datumTurns + 2 &* plan.datumAngles.count &* datum
        }

        /// Computes the trained turns of the block of points from `first` on.
        func load(_ scratch: Scratch, points: UnsafePointer<Double>, count: Int, first: Int) {
            plan.terms.withUnsafeBufferPointer { terms in
                for place in 0..<trainedCount {
                    var angle = Lanes(repeating: plan.constants[place])
                    for term in plan.starts[place]..<plan.starts[place &+ 1] {
                        let axis = points + (terms[term].axis &* count &+ first)
                        var block = Lanes()
                        if first &+ 8 <= count {
                            block = UnsafeRawPointer(axis).loadUnaligned(as: Lanes.self)
                        } else {
                            for lane in 0..<(count &- first) { block[lane] = axis[lane] }
                        }
                        angle = angle + terms[term].factor * block
                    }
                    let (sine, cosine) = sineCosine(plan.scales[place] * angle)
                    scratch.turns[2 &* place] = cosine
                    scratch.turns[2 &* place &+ 1] = sine
                }
            }
        }

        /// Writes the values and gradients for a datum at the points taken in last.
        func evaluate(
            _ scratch: Scratch, datum: Int, count: Int, first: Int, values: UnsafeMutablePointer<Double>,
            gradients: UnsafeMutablePointer<Double>?
        ) {
            let prefix = prefixStates + datum &* prefixStride
            for row in 0..<rowCount { scratch.states[row] = Lanes(repeating: prefix[row]) }
            if prefixStride == 0 {
                let amplitudes = amplitudes + datum &* amplitudeCount
                for k in 0..<amplitudeCount { scratch.states[2 &* k] = Lanes(repeating: amplitudes[k]) }
            }
            let table = UnsafePointer(datumTable(datum))
            plan.steps.withUnsafeBufferPointer { steps in
                let state = forward(steps, scratch, table)
                plan.observable.flips.withUnsafeBufferPointer { flips in
                    plan.observable.diagonals.withUnsafeBufferPointer { diagonals in
                        // Without a string there is no diagonal, and nothing is read.
                        SweepKernels.observe(
                            plan.size, flips: flips, realCount: plan.observable.realCount,
                            diagonals: diagonals.baseAddress ?? table, state: state, costate: scratch.costate,
                            value: scratch.result)
                    }
                }
                Self.store(scratch.result, to: values + (datum &* count &+ first), lanes: count &- first)
                guard let gradients else { return }
                backward(steps, scratch, table, state)
                for axis in 0..<parameterCount {
                    let out = gradients + ((datum &* parameterCount &+ axis) &* count &+ first)
                    Self.store(scratch.gradient + axis, to: out, lanes: count &- first)
                }
            }
        }

        /// Applies the steps; returns the last state.
        private func forward(
            _ steps: UnsafeBufferPointer<SweepStep>, _ scratch: Scratch, _ table: UnsafePointer<Double>
        ) -> Rows {
            var state = scratch.states
            for step in steps {
                let target = step.isTrained && keepsStates ? state + rowCount : state
                if step.kind == .controlledPhase, target != state { target.update(from: state, count: rowCount) }
                apply(step, from: state, to: target, by: turn(step, scratch, table))
                state = target
            }
            return state
        }

        /// Takes the steps back from the costate to the gradient.
        private func backward(
            _ steps: UnsafeBufferPointer<SweepStep>, _ scratch: Scratch, _ table: UnsafePointer<Double>, _ last: Rows
        ) {
            for axis in 0..<parameterCount { scratch.gradient[axis] = Lanes() }
            let (starts, terms) = (plan.starts, plan.terms)
            var state = last
            var remaining = trainedCount
            for step in steps.reversed() {
                // No derivative is left to be taken.
                if remaining == 0 { return }
                let turn = turn(step, scratch, table)
                if keepsStates {
                    if step.isTrained { state -= rowCount }
                } else {
                    apply(step, from: state, to: state, by: turn, sign: -1)
                }
                guard step.isTrained else {
                    apply(step, from: scratch.costate, to: scratch.costate, by: turn, sign: -1)
                    continue
                }
                SweepKernels.turnBack(
                    step, plan.size, costate: scratch.costate, state: state, by: turn, sums: scratch.result)
                let derivative = (2 * step.scale) * scratch.result[0]
                for term in starts[step.trainedPlace]..<starts[step.trainedPlace &+ 1] {
                    let axis = terms[term].axis
                    scratch.gradient[axis] = scratch.gradient[axis] + terms[term].factor * derivative
                }
                remaining &-= 1
            }
        }

        @inline(__always)
        private func apply(
            _ step: SweepStep, from source: Rows, to target: Rows, by turn: UnsafePointer<Lanes>, sign: Double = 1
        ) {
            switch step.kind {
            case .negate, .controlledNegate, .exchange, .controlledExchange, .swap:
                SweepKernels.flip(step, plan.size, target)
            default: SweepKernels.turn(step, plan.size, from: source, to: target, by: turn, sign: sign)
            }
        }

        /// The cosine and sine of a step's turn.
        @inline(__always)
        private func turn(
            _ step: SweepStep, _ scratch: Scratch, _ table: UnsafePointer<Double>
        ) -> UnsafePointer<Lanes> {
            let turn = scratch.turns + 2 &* step.trainedPlace
            let offset = table + 2 &* step.datumPlace
            switch step.source {
            case .trained: return UnsafePointer(turn)
            case .fixed:
                scratch.turn[0] = Lanes(repeating: step.cosine)
                scratch.turn[1] = Lanes(repeating: step.sine)
            case .datum:
                scratch.turn[0] = Lanes(repeating: offset[0])
                scratch.turn[1] = Lanes(repeating: offset[1])
            case .trainedAndDatum:
                scratch.turn[0] = turn[0] * offset[0] - turn[1] * offset[1]
                scratch.turn[1] = turn[1] * offset[0] + turn[0] * offset[1]
            }
            return UnsafePointer(scratch.turn)
        }

        @inline(__always)
        private static func store(_ row: UnsafePointer<Lanes>, to target: UnsafeMutablePointer<Double>, lanes: Int) {
            if lanes >= 8 {
                UnsafeMutableRawPointer(target).storeBytes(of: row[0], as: Lanes.self)
            } else {
                for lane in 0..<lanes { target[lane] = row[0][lane] }
            }
        }
    }
}
