import CLanes
import CStateVector
import Foundation
import Torus

extension StateVectorSweep {
    /// What a sweep's workers share, and the work on one block of points and one datum.
    struct Core: @unchecked Sendable {
        typealias Lanes = SIMD8<Double>
        typealias Rows = UnsafeMutablePointer<Lanes>

        /// A worker's own memory.
        struct Scratch {
            /// The states at which derivatives are taken one after the other, or one state.
            let states: Rows
            let costate: Rows
            /// Cosine and sine of every trained turn, block by block.
            private(set) var turns: Rows
            /// The unitary of every run, block by block.
            private(set) var unitaries: Rows
            /// The derivative by every trained turn's angle.
            let derivatives: Rows
            /// The derivatives of the runs of a pass about X, Y and Z.
            let vectors: Rows
            /// Cosine and sine of the step's turn at hand.
            let turn: Rows
            /// A value or a derivative, and three rows of its partial sums.
            let result: Rows

            init(_ base: Rows, _ core: Core) {
                states = base
                costate = base + core.stateCount * core.rowCount
                turns = costate + core.rowCount
                unitaries = turns + StateVectorSweep.blockChunk * 2 * core.trainedCount
                derivatives = unitaries + StateVectorSweep.blockChunk * 4 * core.passes.runs.count
                vectors = derivatives + core.trainedCount
                turn = vectors + 3 * StateVector.largestQubitCount
                result = turn + 2
            }

            /// The same memory with the turns and unitaries of a block of the piece.
            @inline(__always)
            func block(_ index: Int, _ core: Core) -> Scratch {
                var scratch = self
                scratch.turns += index &* 2 &* core.trainedCount
                scratch.unitaries += index &* 4 &* core.passes.runs.count
                return scratch
            }
        }

        /// Passes with their parts where no array has to be looked into.
        struct Tables {
            let passes: UnsafeMutableBufferPointer<SweepPass>
            let runs: UnsafeMutableBufferPointer<SweepRun>
            let turns: UnsafeMutableBufferPointer<SweepStep>
            let signs: UnsafeMutableBufferPointer<UInt64>

            init(_ list: SweepPasses) {
                passes = Self.copy(list.passes)
                runs = Self.copy(list.runs)
                turns = Self.copy(list.turns)
                signs = Self.copy(list.signs)
            }

            static func copy<Element>(_ elements: [Element]) -> UnsafeMutableBufferPointer<Element> {
                let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
                _ = buffer.initialize(from: elements)
                return buffer
            }

            func deallocate() {
                passes.deallocate()
                runs.deallocate()
                turns.deallocate()
                signs.deallocate()
            }
        }

        let datumCount: Int
        let parameterCount: Int
        let trainedCount: Int
        let rowCount: Int
        /// Whether the states at which derivatives are taken are kept for the way back.
        let keepsStates: Bool
        let stateCount: Int
        let passes: Tables
        private let plan: SweepPlan
        private let starts: UnsafeMutableBufferPointer<Int>
        private let terms: UnsafeMutableBufferPointer<SweepPlan.Term>
        /// The trained turns of each parameter, parameter by parameter, each with its factor.
        private let shareStarts: UnsafeMutableBufferPointer<Int>
        private let shares: UnsafeMutableBufferPointer<(turn: Int, factor: Double)>
        /// Cosine and sine of every turn by data, datum by datum.
        private let datumTurns: UnsafeMutablePointer<Double>
        /// The rows of each datum's state before the passes, unless that is `|0…0⟩` for all.
        private let prefixStates: UnsafeMutablePointer<Double>
        private let hasPrefix: Bool
        /// The amplitudes of every datum's initial state, datum by datum; none when it is `|0…0⟩`.
        private let amplitudes: UnsafeMutablePointer<Double>
        private let amplitudeCount: Int

        var scratchLength: Int {
            let tables = trainedCount + StateVectorSweep.blockChunk * (2 * trainedCount + 4 * passes.runs.count)
            return (stateCount + 1) * rowCount + tables + 3 * StateVector.largestQubitCount + 6
        }

        init(_ expert: QuantumExpert, inputs: [[Double]]) {
            let rows = 2 << expert.circuit.qubitCount
            let storesPrefix = inputs.count <= StateVectorSweep.prefixLimit / (8 * rows)
            plan = SweepPlan(expert, storesPrefix: storesPrefix)
            passes = Tables(plan.passes)
            starts = Tables.copy(plan.starts)
            terms = Tables.copy(plan.terms)
            let shares = plan.shares(ofParameters: expert.parameterCount)
            shareStarts = Tables.copy(shares.starts)
            self.shares = Tables.copy(shares.shares)
            rowCount = rows
            datumCount = inputs.count
            parameterCount = expert.parameterCount
            trainedCount = plan.trainedCount
            let kept = plan.passes.passes.count(where: \.isTrained) + 1
            keepsStates = kept * rows <= StateVectorSweep.tapeLimit / MemoryLayout<Lanes>.size
            stateCount = keepsStates ? kept : 1
            amplitudeCount = expert.circuit.amplitudes.count
            hasPrefix = !plan.prefix.passes.isEmpty || storesPrefix && amplitudeCount > 0
            datumTurns = .allocateLines(capacity: max(1, 2 * plan.datumAngles.count * inputs.count))
            prefixStates = .allocateLines(capacity: hasPrefix ? rows * inputs.count : 1)
            amplitudes = .allocateLines(capacity: max(1, amplitudeCount * inputs.count))
            tabulate(inputs, expert)
            if hasPrefix { runPrefix() }
        }

        func deallocate() {
            passes.deallocate()
            starts.deallocate()
            terms.deallocate()
            shareStarts.deallocate()
            shares.deallocate()
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

        /// Applies the passes before the first trained step, a datum a lane.
        private func runPrefix() {
            let tables = Tables(plan.prefix)
            defer { tables.deallocate() }
            let rows = Rows.allocateLines(capacity: rowCount + 2 + 4 * tables.runs.count)
            defer { rows.deallocate() }
            let turn = rows + rowCount
            let unitaries = turn + 2
            for first in stride(from: 0, to: datumCount, by: 8) {
                func circle(_ step: SweepStep) -> (cosine: Lanes, sine: Lanes) {
                    var (cosine, sine) = (Lanes(repeating: step.cosine), Lanes(repeating: step.sine))
                    guard step.source == .datum else { return (cosine, sine) }
                    for lane in 0..<8 {
                        let table = datumTable(min(first + lane, datumCount - 1))
                        cosine[lane] = table[2 * step.datumPlace]
                        sine[lane] = table[2 * step.datumPlace + 1]
                    }
                    return (cosine, sine)
                }
                for (place, run) in tables.runs.enumerated() {
                    var product = SweepKernels.Product()
                    for index in run.turns {
                        let (cosine, sine) = circle(tables.turns[index])
                        product.rotate(axis: tables.turns[index].rotationAxis, cosine: cosine, sine: sine)
                    }
                    product.store(unitaries + 4 * place)
                }
                if amplitudeCount > 0 {
                    rows.initialize(repeating: Lanes(), count: rowCount)
                    for k in 0..<amplitudeCount {
                        for lane in 0..<8 {
                            rows[2 * k][lane] = amplitudes[min(first + lane, datumCount - 1) * amplitudeCount + k]
                        }
                    }
                }
                for (place, pass) in tables.passes.enumerated() {
                    if pass.kind == .step { (turn[0], turn[1]) = circle(pass.step) }
                    let begins = place == 0 && amplitudeCount == 0 && begin(rows, tables, unitaries)
                    if !begins { apply(pass, tables, unitaries, turn, isInverse: false, from: rows, to: rows) }
                }
                for lane in 0..<min(8, datumCount - first) {
                    let state = prefixStates + (first + lane) * rowCount
                    for row in 0..<rowCount { state[row] = rows[row][lane] }
                }
            }
        }

        @inline(__always)
        private func datumTable(_ datum: Int) -> UnsafeMutablePointer<Double> {
            datumTurns + 2 &* plan.datumAngles.count &* datum
        }

        /// Computes the trained turns of the block of points from `first` on, and the unitaries that no datum changes.
        ///
        /// - Parameter stride: how far the parameters of a point are apart.
        func load(
            _ scratch: Scratch, points: UnsafePointer<Double>, stride: Int, count: Int, first: Int
        ) {
            for place in 0..<trainedCount {
                var angle = Lanes(repeating: plan.constants[place])
                for term in starts[place]..<starts[place &+ 1] {
                    let axis = points + (terms[term].axis &* stride &+ first)
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
            compose(scratch, UnsafePointer(datumTurns), ofData: false)
        }

        /// Multiplies the runs out: those that depend on data, or the others.
        private func compose(_ scratch: Scratch, _ table: UnsafePointer<Double>, ofData: Bool) {
            guard let turns = passes.turns.baseAddress, let runs = passes.runs.baseAddress else { return }
            for place in 0..<passes.runs.count where runs[place].dependsOnData == ofData {
                var product = SweepKernels.Product()
                for index in runs[place].turns.lowerBound..<runs[place].turns.upperBound {
                    let (cosine, sine) = circle(turns + index, scratch, table)
                    product.rotate(axis: turns[index].rotationAxis, cosine: cosine, sine: sine)
                }
                product.store(scratch.unitaries + 4 &* place)
            }
        }

        /// Writes the values and gradients for a datum at the points taken in last.
        func evaluate(
            _ scratch: Scratch, datum: Int, count: Int, first: Int, values: UnsafeMutablePointer<Double>,
            gradients: UnsafeMutablePointer<Double>?
        ) {
            let table = UnsafePointer(datumTable(datum))
            if let gradients {
                // The results of many points do not stay in the cache; until they are written, their lines have come back.
                for axis in 0..<parameterCount {
                    let out = gradients + ((datum &* parameterCount &+ axis) &* count &+ first)
                    kac_prefetch(out)
                    kac_prefetch(out + 7)
                }
            }
            let state = value(scratch, datum: datum)
            Self.store(scratch.result, to: values + (datum &* count &+ first), lanes: count &- first)
            guard let gradients else { return }
            backward(scratch, table, state)
            for axis in 0..<parameterCount {
                let out = gradients + ((datum &* parameterCount &+ axis) &* count &+ first)
                scratch.result[0] = derivative(axis, scratch)
                Self.store(scratch.result, to: out, lanes: count &- first)
            }
        }

        /// Leaves the values for a datum at the points taken in last in `scratch.result[0]`; returns the last state.
        @inline(__always) @discardableResult
        func value(_ scratch: Scratch, datum: Int) -> Rows {
            let table = UnsafePointer(datumTable(datum))
            compose(scratch, table, ofData: true)
            let state = forward(scratch, table, datum)
            plan.observable.flips.withUnsafeBufferPointer { flips in
                plan.observable.diagonals.withUnsafeBufferPointer { diagonals in
                    // Without a string there is no diagonal, and nothing is read.
                    kac_observe(
                        plan.size, flips.baseAddress, flips.count, plan.observable.realCount,
                        diagonals.baseAddress ?? table, state, scratch.costate, scratch.result)
                }
            }
            return state
        }

        /// Finds the derivatives for a datum at the points taken in last, for `derivative(_:_:)`.
        func differentiate(_ scratch: Scratch, datum: Int) {
            let state = value(scratch, datum: datum)
            backward(scratch, UnsafePointer(datumTable(datum)), state)
        }

        /// The derivatives by a parameter, after the way back.
        @inline(__always)
        func derivative(_ axis: Int, _ scratch: Scratch) -> Lanes {
            var sum = Lanes()
            for place in shareStarts[axis]..<shareStarts[axis &+ 1] {
                sum = sum + shares[place].factor * scratch.derivatives[shares[place].turn]
            }
            return sum
        }

        /// Applies the passes; returns the last state.
        private func forward(_ scratch: Scratch, _ table: UnsafePointer<Double>, _ datum: Int) -> Rows {
            var state = scratch.states
            var next = 0
            if hasPrefix {
                let prefix = prefixStates + datum &* rowCount
                for row in 0..<rowCount { state[row] = Lanes(repeating: prefix[row]) }
            } else if amplitudeCount > 0 {
                state.update(repeating: Lanes(), count: rowCount)
                let amplitudes = amplitudes + datum &* amplitudeCount
                for k in 0..<amplitudeCount { state[2 &* k] = Lanes(repeating: amplitudes[k]) }
            } else if begin(state, passes, scratch.unitaries) {
                next = 1
            }
            for place in next..<passes.passes.count {
                let pass = passes.passes[place]
                let keeps = keepsStates && place > 0 && passes.passes[place &- 1].isTrained
                let target = keeps ? state + rowCount : state
                let turn = pass.kind == .step ? turn(pass.step, scratch, table) : UnsafePointer(scratch.turn)
                apply(pass, passes, scratch.unitaries, turn, isInverse: false, from: state, to: target)
                state = target
            }
            return state
        }

        /// Makes the state after the first pass where that is a product of single qubits, otherwise `|0…0⟩`.
        private func begin(_ rows: Rows, _ tables: Tables, _ unitaries: Rows) -> Bool {
            rows[0] = Lanes(repeating: 1)
            rows[1] = Lanes()
            guard let pass = tables.passes.first, pass.kind == .turns else {
                (rows + 2).update(repeating: Lanes(), count: rowCount &- 2)
                return false
            }
            var place = pass.runs.lowerBound
            var bit = 1
            while bit < plan.size {
                if place < pass.runs.upperBound, tables.runs[place].bit == bit {
                    SweepKernels.extend(rows, bit: bit, by: unitaries + 4 &* place)
                    place &+= 1
                } else {
                    (rows + 2 &* bit).update(repeating: Lanes(), count: 2 &* bit)
                }
                bit &<<= 1
            }
            return true
        }

        /// Takes the passes back from the costate to the gradient.
        private func backward(_ scratch: Scratch, _ table: UnsafePointer<Double>, _ last: Rows) {
            var state = last
            var remaining = trainedCount
            for place in passes.passes.indices.reversed() {
                // No derivative is left to be taken.
                if remaining == 0 { return }
                let pass = passes.passes[place]
                let turn = pass.kind == .step ? turn(pass.step, scratch, table) : UnsafePointer(scratch.turn)
                if pass.isTrained { remaining &-= differentiate(pass, scratch, table, state, turn) }
                if remaining == 0 { return }
                // A trained step has turned the costate already.
                if pass.kind != .step || !pass.isTrained {
                    let costate = scratch.costate
                    apply(pass, passes, scratch.unitaries, turn, isInverse: true, from: costate, to: costate)
                }
                if !keepsStates {
                    apply(pass, passes, scratch.unitaries, turn, isInverse: true, from: state, to: state)
                } else if place > 0, passes.passes[place &- 1].isTrained {
                    state -= rowCount
                }
            }
        }

        /// Adds a pass's derivatives to the gradient, from state and costate after it; returns how many angles they were of.
        private func differentiate(
            _ pass: SweepPass, _ scratch: Scratch, _ table: UnsafePointer<Double>, _ state: Rows,
            _ turn: UnsafePointer<Lanes>
        ) -> Int {
            if pass.kind == .step {
                SweepKernels.turnBack(
                    pass.step, plan.size, costate: scratch.costate, state: state, by: turn, sums: scratch.result)
                scratch.derivatives[pass.step.trainedPlace] = (2 * pass.step.scale) * scratch.result[0]
                return 1
            }
            correlate(pass, scratch, state)
            guard let turns = passes.turns.baseAddress else { return 0 }
            var found = 0
            for place in pass.runs where passes.runs[place].isTrained {
                let run = passes.runs[place]
                let vector = scratch.vectors + 3 &* (place &- pass.runs.lowerBound)
                let mixes = run.axes.rawValue & (run.axes.rawValue &- 1) != 0
                for index in (run.firstTrained..<run.turns.upperBound).reversed() {
                    let step = turns + index
                    let axis = step.pointee.rotationAxis
                    if step.pointee.isTrained {
                        scratch.derivatives[step.pointee.trainedPlace] = vector[axis]
                        found &+= 1
                    }
                    if mixes, index > run.firstTrained {
                        let (cosine, sine) = circle(step, scratch, table)
                        SweepKernels.rotateBack(vector, axis: axis, cosine: cosine, sine: sine)
                    }
                }
            }
            return found
        }

        /// Computes `Im ⟨λ|σ|ψ⟩` of the Pauli matrices that the runs of a pass need.
        private func correlate(_ pass: SweepPass, _ scratch: Scratch, _ state: Rows) {
            let first = pass.runs.lowerBound
            var place = first
            while place < pass.runs.upperBound {
                let run = passes.runs[place]
                let vector = scratch.vectors + 3 &* (place &- first)
                if place &+ 1 < pass.runs.upperBound, passes.runs[place &+ 1].axes == run.axes, run.isTrained {
                    let bits = (run.bit, passes.runs[place &+ 1].bit)
                    for axis in 0..<3 {
                        if run.axes.rawValue &>> axis & 1 == 1 {
                            kac_correlate_qubits(
                                plan.size, axis, bits.0, bits.1, scratch.costate, state, vector + axis,
                                vector + (3 &+ axis))
                        } else {
                            (vector[axis], vector[3 &+ axis]) = (Lanes(), Lanes())
                        }
                    }
                    place &+= 2
                    continue
                }
                for axis in 0..<3 {
                    if run.axes.rawValue &>> axis & 1 == 1 {
                        kac_correlate_qubit(plan.size, axis, run.bit, scratch.costate, state, vector + axis)
                    } else {
                        vector[axis] = Lanes()
                    }
                }
                place &+= 1
            }
        }

        /// Applies a pass or its inverse to `source` into `target`, which may be the same.
        private func apply(
            _ pass: SweepPass, _ tables: Tables, _ unitaries: Rows, _ turn: UnsafePointer<Lanes>, isInverse: Bool,
            from source: Rows, to target: Rows
        ) {
            if pass.kind == .turns {
                var source = source
                var place = pass.runs.lowerBound
                while place < pass.runs.upperBound {
                    let unitary = UnsafePointer(unitaries + 4 &* place)
                    let bit = tables.runs[place].bit
                    if place &+ 1 < pass.runs.upperBound {
                        kac_turn_qubits(
                            plan.size, bit, tables.runs[place &+ 1].bit, unitary, unitary + 4, isInverse, source, target
                        )
                    } else {
                        kac_turn_qubit(plan.size, bit, unitary, isInverse, source, target)
                    }
                    source = target
                    place &+= 2
                }
                return
            }
            if target != source { target.update(from: source, count: rowCount) }
            switch (pass.kind, pass.step.kind) {
            case (.signs, _):
                guard let signs = tables.signs.baseAddress else { return }
                SweepKernels.negate(target, plan.size, where: signs + pass.signs)
            case (_, .controlledExchange), (_, .swap): SweepKernels.exchange(pass.step, plan.size, target)
            default:
                SweepKernels.turn(
                    pass.step, plan.size, from: target, to: target, by: turn, sign: isInverse ? -1 : 1)
            }
        }

        /// The cosine and sine of a step's turn, written where a kernel can read them.
        private func turn(
            _ step: SweepStep, _ scratch: Scratch, _ table: UnsafePointer<Double>
        ) -> UnsafePointer<Lanes> {
            withUnsafePointer(to: step) { step in
                (scratch.turn[0], scratch.turn[1]) = circle(step, scratch, table)
            }
            return UnsafePointer(scratch.turn)
        }

        /// The cosine and sine of a step's turn.
        @inline(__always)
        private func circle(
            _ step: UnsafePointer<SweepStep>, _ scratch: Scratch, _ table: UnsafePointer<Double>
        ) -> (cosine: Lanes, sine: Lanes) {
            let turn = scratch.turns + 2 &* step.pointee.trainedPlace
            let offset = table + 2 &* step.pointee.datumPlace
            switch step.pointee.source {
            case .trained: return (turn[0], turn[1])
            case .fixed: return (Lanes(repeating: step.pointee.cosine), Lanes(repeating: step.pointee.sine))
            case .datum: return (Lanes(repeating: offset[0]), Lanes(repeating: offset[1]))
            case .trainedAndDatum:
                let (c, s) = (Lanes(repeating: offset[0]), Lanes(repeating: offset[1]))
                return (turn[0] * c - turn[1] * s, turn[1] * c + turn[0] * s)
            }
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
