import Foundation

/// A circuit compiled for sweeps: steps, the angles that they turn by, and the observable.
struct SweepPlan: Sendable {
    /// A parameter's share of a trained turn.
    struct Term: Sendable {
        let axis: Int
        let factor: Double
    }

    let size: Int
    /// The steps before the first trained one: no expert sees them differently.
    private(set) var prefix: [SweepStep] = []
    /// The steps from the first trained one on.
    private(set) var steps: [SweepStep] = []
    /// The terms of the trained turns, each turn's from `starts[place]` to `starts[place + 1]`.
    private(set) var terms: [Term] = []
    private(set) var starts = [0]
    /// The part of each trained turn's angle that depends on nothing, and the angle of the planes' turn over it.
    private(set) var constants: [Double] = []
    private(set) var scales: [Double] = []
    /// The data's part of the angles in the order of their places, each with its scale.
    private(set) var datumAngles: [(angle: AffineAngle, scale: Double)] = []
    private(set) var observable: SweepObservable
    private let axes: [Int]
    private let qubitCount: Int

    var trainedCount: Int { constants.count }

    init(_ expert: QuantumExpert, storesPrefix: Bool) {
        qubitCount = expert.circuit.qubitCount
        size = 1 << qubitCount
        var axes = Array(repeating: -1, count: expert.circuit.inputs.count)
        for (axis, input) in expert.roles.parameters.enumerated() { axes[input] = axis }
        self.axes = axes
        observable = SweepObservable(expert.observable, qubitCount: qubitCount)
        for instruction in expert.circuit.instructions { append(instruction) }
        moveTail()
        if storesPrefix {
            let first = steps.firstIndex(where: \.isTrained) ?? steps.count
            prefix = Array(steps[..<first])
            steps.removeFirst(first)
        }
        observable.tabulate(size)
    }

    private mutating func append(_ instruction: Circuit.Instruction) {
        func bit(_ qubit: Int) -> Int { 1 << (qubitCount - 1 - qubit) }
        let a = bit(instruction.qubits[0])
        let b = instruction.qubits.count > 1 ? bit(instruction.qubits[1]) : 0
        let angles = instruction.angles
        let quarter = AffineAngle(constant: .pi / 2)
        switch instruction.gate {
        case .id: break
        case .x: steps.append(SweepStep(kind: .exchange, bit: a))
        case .y:
            steps.append(SweepStep(kind: .negate, bit: a))
            steps.append(SweepStep(kind: .exchange, bit: a))
        case .z: steps.append(SweepStep(kind: .negate, bit: a))
        case .h:
            steps.append(SweepStep(kind: .negate, bit: a))
            turn(.y, a, 0, quarter)
        case .s: turn(.phase, a, 0, quarter)
        case .sdg: turn(.phase, a, 0, -1 * quarter)
        case .t: turn(.phase, a, 0, 0.5 * quarter)
        case .tdg: turn(.phase, a, 0, -0.5 * quarter)
        case .sx: turn(.x, a, 0, quarter)
        case .rx: turn(.x, a, 0, angles[0])
        case .ry: turn(.y, a, 0, angles[0])
        case .rz, .p: diagonal(a, angles[0])
        case .u:
            diagonal(a, angles[2])
            turn(.y, a, 0, angles[0])
            diagonal(a, angles[1])
        case .cx: steps.append(SweepStep(kind: .controlledExchange, bit: b, other: a))
        case .cy:
            turn(.phase, b, 0, -1 * quarter)
            steps.append(SweepStep(kind: .controlledExchange, bit: b, other: a))
            turn(.phase, b, 0, quarter)
        case .cz: steps.append(SweepStep(kind: .controlledNegate, bit: b, other: a))
        case .swap: steps.append(SweepStep(kind: .swap, bit: b, other: a))
        case .cp: turn(.controlledPhase, b, a, angles[0])
        case .crx: turn(.controlledX, b, a, angles[0])
        case .cry: turn(.controlledY, b, a, angles[0])
        case .crz: turn(.controlledZ, b, a, angles[0])
        case .rxx: turn(.xx, b, a, angles[0])
        case .ryy: turn(.yy, b, a, angles[0])
        case .rzz: turn(.zz, b, a, angles[0])
        }
    }

    /// A rotation about Z or a phase, equal up to a global phase: the one that turns fewer rows, when it is not trained.
    private mutating func diagonal(_ bit: Int, _ angle: AffineAngle) {
        turn(angle.terms.contains { axes[$0.input] >= 0 } ? .z : .phase, bit, 0, angle)
    }

    private mutating func turn(_ kind: SweepStep.Kind, _ bit: Int, _ other: Int, _ angle: AffineAngle) {
        var step = SweepStep(kind: kind, bit: bit, other: other)
        let trained = angle.terms.filter { axes[$0.input] >= 0 }
        let data = angle.terms.filter { axes[$0.input] < 0 }
        if trained.isEmpty, data.isEmpty {
            if angle.constant == 0 { return }
            step.angle = angle.constant
            (step.cosine, step.sine) = SweepStep.circle(step.scale * angle.constant)
        } else {
            if !data.isEmpty {
                step.source = .datum
                step.datumPlace = datumAngles.count
                let constant = trained.isEmpty ? angle.constant : 0
                datumAngles.append((AffineAngle(constant: constant, terms: data), step.scale))
            }
            if !trained.isEmpty {
                step.source = data.isEmpty ? .trained : .trainedAndDatum
                step.trainedPlace = constants.count
                terms += trained.map { Term(axis: axes[$0.input], factor: $0.factor) }
                starts.append(terms.count)
                constants.append(angle.constant)
                scales.append(step.scale)
            }
        }
        steps.append(step)
    }

    /// Takes fixed steps off the end and onto the observable, as many as save the most work.
    private mutating func moveTail() {
        // A step is applied forward and, to the costate, backward.
        let tail = steps.reversed().prefix { $0.source == .fixed }
        var rest = tail.reduce(0) { $0 + 2 * $1.cost }
        var least = observable.cost + rest
        var (best, moved) = (observable, 0)
        var candidate = observable
        for (index, step) in tail.enumerated() {
            candidate.conjugate(by: step)
            if candidate.terms.count > SweepObservable.termLimit { break }
            rest -= 2 * step.cost
            if candidate.cost + rest < least {
                (best, least, moved) = (candidate, candidate.cost + rest, index + 1)
            }
        }
        observable = best
        steps.removeLast(moved)
    }
}
