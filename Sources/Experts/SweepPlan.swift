import Foundation

/// A circuit compiled for sweeps: steps, the angles that they turn by, and the observable.
struct SweepPlan: Sendable {
    /// A parameter's share of a trained turn.
    struct Term: Sendable {
        let axis: Int
        let factor: Double
    }

    let size: Int
    /// The passes before the first trained step, when they entangle: no expert sees them differently.
    private(set) var prefix: SweepPasses
    /// The other passes.
    private(set) var passes: SweepPasses
    /// The terms of the trained turns, each turn's from `starts[place]` to `starts[place + 1]`.
    private(set) var terms: [Term] = []
    private(set) var starts = [0]
    /// The part of each trained turn's angle that depends on nothing, and the angle of the planes' turn over it.
    private(set) var constants: [Double] = []
    private(set) var scales: [Double] = []
    /// The data's part of the angles in the order of their places, each with its scale.
    private(set) var datumAngles: [(angle: AffineAngle, scale: Double)] = []
    private(set) var observable: SweepObservable
    private var steps: [SweepStep] = []
    private let axes: [Int]
    private let qubitCount: Int

    var trainedCount: Int { constants.count }

    /// The trained turns that each parameter has a share in, each parameter's from `starts[p]` to `starts[p + 1]`.
    func shares(ofParameters count: Int) -> (starts: [Int], shares: [(turn: Int, factor: Double)]) {
        var (starts, shares) = ([0], [(turn: Int, factor: Double)]())
        for axis in 0..<count {
            for turn in 0..<trainedCount {
                for term in terms[self.starts[turn]..<self.starts[turn + 1]] where term.axis == axis {
                    shares.append((turn, term.factor))
                }
            }
            starts.append(shares.count)
        }
        return (starts, shares)
    }

    init(_ expert: QuantumExpert, storesPrefix: Bool) {
        qubitCount = expert.circuit.qubitCount
        size = 1 << qubitCount
        var axes = Array(repeating: -1, count: expert.circuit.inputs.count)
        for (axis, input) in expert.roles.parameters.enumerated() { axes[input] = axis }
        self.axes = axes
        observable = SweepObservable(expert.observable, qubitCount: qubitCount)
        prefix = SweepPasses([], size: size)
        passes = prefix
        for instruction in expert.circuit.instructions { append(instruction) }
        moveTail()
        let first = steps.firstIndex(where: \.isTrained) ?? steps.count
        // Rotations of |0…0⟩ alone make a product, which is written down as fast as it is copied.
        let isProduct = expert.circuit.amplitudes.isEmpty && steps[..<first].allSatisfy(\.isRotation)
        if storesPrefix, !isProduct {
            prefix = SweepPasses(Array(steps[..<first]), size: size)
            steps.removeFirst(first)
        }
        passes = SweepPasses(steps, size: size)
        observable.tabulate(size)
    }

    private mutating func append(_ instruction: Circuit.Instruction) {
        func bit(_ qubit: Int) -> Int { 1 << (qubitCount - 1 - qubit) }
        let a = bit(instruction.qubits[0])
        let b = instruction.qubits.count > 1 ? bit(instruction.qubits[1]) : 0
        let angles = instruction.angles
        let (half, quarter) = (AffineAngle(constant: .pi), AffineAngle(constant: .pi / 2))
        switch instruction.gate {
        case .id: break
        case .x: turn(.x, a, 0, half)
        case .y: turn(.y, a, 0, half)
        case .z: turn(.z, a, 0, half)
        case .h:
            turn(.z, a, 0, half)
            turn(.y, a, 0, quarter)
        case .s: turn(.z, a, 0, quarter)
        case .sdg: turn(.z, a, 0, -1 * quarter)
        case .t: turn(.z, a, 0, 0.5 * quarter)
        case .tdg: turn(.z, a, 0, -0.5 * quarter)
        case .sx: turn(.x, a, 0, quarter)
        case .rx: turn(.x, a, 0, angles[0])
        case .ry: turn(.y, a, 0, angles[0])
        case .rz, .p: turn(.z, a, 0, angles[0])
        case .u:
            turn(.z, a, 0, angles[2])
            turn(.y, a, 0, angles[0])
            turn(.z, a, 0, angles[1])
        case .cx: steps.append(SweepStep(kind: .controlledExchange, bit: b, other: a))
        case .cy:
            turn(.z, b, 0, -1 * quarter)
            steps.append(SweepStep(kind: .controlledExchange, bit: b, other: a))
            turn(.z, b, 0, quarter)
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
        let tail = steps.indices.reversed().prefix { steps[$0].source == .fixed }
        // A step is applied forward and, to the costate, backward; one that continues a run is free.
        let costs = tail.map { index in
            let step = steps[index]
            let before = steps[..<index].last { ($0.bit | $0.other) & (step.bit | step.other) != 0 }
            return step.isRotation && before?.isRotation == true ? 0 : 2 * step.cost
        }
        var rest = costs.reduce(0, +)
        var least = observable.cost + rest
        var (best, moved) = (observable, 0)
        var candidate = observable
        for (count, (index, cost)) in zip(tail, costs).enumerated() {
            candidate.conjugate(by: steps[index])
            if candidate.terms.count > SweepObservable.termLimit { break }
            rest -= cost
            if candidate.cost + rest < least {
                (best, least, moved) = (candidate, candidate.cost + rest, count + 1)
            }
        }
        observable = best
        steps.removeLast(moved)
    }
}
