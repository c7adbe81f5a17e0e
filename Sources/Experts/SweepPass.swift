/// What a sweep does to the whole state in one go: turns of qubits by unitaries of their own, signs, or a single step.
struct SweepPass: Sendable {
    enum Kind: Sendable {
        /// The runs `runs` turn their qubits, two qubits at a time.
        case turns
        /// The amplitudes marked in the bits from `signs` on change their sign.
        case signs
        case step
    }

    let kind: Kind
    var runs = 0..<0
    var signs = 0
    var step = SweepStep(kind: .swap, bit: 1, other: 1)
    /// Whether a derivative is taken at the state after the pass.
    var isTrained = false
}

/// Rotations of one qubit one after the other: together they are one unitary, and one vector has the derivatives of all.
struct SweepRun: Sendable {
    /// The bit of the amplitude's index that belongs to the qubit.
    let bit: Int
    /// The rotations, in the list of the plan's turns.
    var turns: Range<Int>
    /// The first rotation with a trained angle, or the end.
    var firstTrained = 0
    var dependsOnData = false
    /// The components of `Im ⟨λ|σ|ψ⟩` after the run that its derivatives need.
    var axes = PauliAxes()

    var isTrained: Bool { !axes.isEmpty }
}

/// Some of the Pauli matrices X, Y, Z.
struct PauliAxes: OptionSet, Sendable {
    let rawValue: Int

    static let x = PauliAxes(rawValue: 1)
    static let y = PauliAxes(rawValue: 2)
    static let z = PauliAxes(rawValue: 4)
    static let all: PauliAxes = [.x, .y, .z]
}

/// The passes that steps make together.
///
/// Rotations wait until a step with two qubits comes; then all that wait are one pass. Controlled signs between two such passes
/// are one pass too.
struct SweepPasses: Sendable {
    private(set) var passes: [SweepPass] = []
    private(set) var runs: [SweepRun] = []
    /// The rotations of the runs.
    private(set) var turns: [SweepStep] = []
    /// The signs of the passes, a bit an amplitude.
    private(set) var signs: [UInt64] = []

    init(_ steps: [SweepStep], size: Int) {
        var waiting: [(bit: Int, turns: [SweepStep])] = []
        func flush(_ passes: inout SweepPasses) {
            if !waiting.isEmpty { passes.appendTurns(waiting) }
            waiting = []
        }
        for step in steps {
            if step.isRotation {
                if let place = waiting.firstIndex(where: { $0.bit == step.bit }) {
                    waiting[place].turns.append(step)
                } else {
                    waiting.append((step.bit, [step]))
                }
                continue
            }
            flush(&self)
            if step.kind == .controlledNegate {
                appendSigns(step, size: size)
            } else {
                passes.append(SweepPass(kind: .step, step: step, isTrained: step.isTrained))
            }
        }
        flush(&self)
    }

    private mutating func appendTurns(_ waiting: [(bit: Int, turns: [SweepStep])]) {
        let first = runs.count
        for (bit, steps) in waiting.sorted(by: { $0.bit < $1.bit }) {
            var run = SweepRun(bit: bit, turns: turns.count..<turns.count + steps.count)
            run.firstTrained = turns.count + (steps.firstIndex(where: \.isTrained) ?? steps.count)
            run.dependsOnData = steps.contains { $0.source == .datum || $0.source == .trainedAndDatum }
            for step in steps {
                let axis = PauliAxes(rawValue: 1 << step.rotationAxis)
                // A rotation mixes the two other components.
                if !run.axes.isSubset(of: axis) { run.axes.formUnion(PauliAxes.all.subtracting(axis)) }
                if step.isTrained { run.axes.formUnion(axis) }
            }
            turns += steps
            runs.append(run)
        }
        let range = first..<runs.count
        passes.append(SweepPass(kind: .turns, runs: range, isTrained: runs[range].contains(where: \.isTrained)))
    }

    private mutating func appendSigns(_ step: SweepStep, size: Int) {
        let words = (size + 63) / 64
        if passes.last?.kind != .signs {
            passes.append(SweepPass(kind: .signs, signs: signs.count))
            signs += Array(repeating: 0, count: words)
        }
        let both = step.bit | step.other
        for k in 0..<size where k & both == both { signs[signs.count - words + k / 64] ^= 1 << UInt64(k % 64) }
    }
}
