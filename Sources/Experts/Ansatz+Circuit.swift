/// The gates of an ansatz.
///
/// Source: PennyLane's documentation of `BasicEntanglerLayers`, `StronglyEntanglingLayers` and `AngleEmbedding`, and
/// Schuld, Bocharov, Svore, Wiebe, *Circuit-centric quantum classifiers*, Phys. Rev. A 101, 032308 (2020); Kandala et al.,
/// *Hardware-efficient variational quantum eigensolver*, Nature 549, 242 (2017); data re-uploading: Pérez-Salinas et al.,
/// Quantum 4, 226 (2020).
extension Ansatz {
    /// The number of trained angles.
    public var parameterCount: Int {
        switch family {
        case .hardwareEfficient(let rotations, _, _):
            rotations.count * qubitCount * (layerCount + (hasFinalRotations ? 1 : 0))
        case .basicEntangler: qubitCount * layerCount
        case .stronglyEntangling: 3 * qubitCount * layerCount
        }
    }

    /// The circuit: its inputs are the data in the order of their first mention, then the array `theta`.
    ///
    /// The elements of `theta` are numbered in the order in which a layer is described at `Family`: by layers, then by
    /// rotations, then by qubits; in strongly entangling layers by layers, then by qubits, then `φ`, `θ`, `ω`. That is the
    /// order of PennyLane's weights and of Qiskit's parameters.
    ///
    /// - Throws: `AnsatzError` when a count is below 1, data do not fit, or there is nothing to repeat at the end.
    public func circuit() throws -> Circuit {
        try check()
        var inputs: [Circuit.Input] = []
        var places: [Int] = []
        for name in encoding?.inputs ?? [] {
            let place = inputs.firstIndex { $0.name == name } ?? inputs.count
            if place == inputs.count { inputs.append(Circuit.Input(name)) }
            places.append(place)
        }
        var instructions: [Circuit.Instruction] = []
        var next = inputs.count
        inputs += (0..<parameterCount).map { Circuit.Input("theta[\($0)]", array: "theta") }

        func turn(_ rotation: Rotation, _ qubit: Int) {
            instructions.append(.init(rotation.gate, qubits: [qubit], angles: [.input(next)]))
            next += 1
        }
        func entangle(_ entangler: Entangler, _ pairs: [[Int]]) {
            instructions += pairs.map { .init(entangler.gate, qubits: $0) }
        }
        for layer in 0..<layerCount {
            if let encoding, layer == 0 || encoding.isRepeated {
                for (qubit, place) in places.enumerated() {
                    let angle = AffineAngle(terms: [.init(input: place, factor: encoding.scale)])
                    instructions.append(.init(encoding.rotation.gate, qubits: [qubit], angles: [angle]))
                }
            }
            switch family {
            case .hardwareEfficient(let rotations, let entangler, let topology):
                for rotation in rotations { for qubit in 0..<qubitCount { turn(rotation, qubit) } }
                entangle(entangler, topology.pairs(qubitCount))
            case .basicEntangler(let rotation):
                for qubit in 0..<qubitCount { turn(rotation, qubit) }
                entangle(.cx, Topology.ring.pairs(qubitCount))
            case .stronglyEntangling:
                for qubit in 0..<qubitCount { for rotation in [Rotation.rz, .ry, .rz] { turn(rotation, qubit) } }
                if qubitCount > 1 {
                    let range = layer % (qubitCount - 1) + 1
                    entangle(.cx, (0..<qubitCount).map { [$0, ($0 + range) % qubitCount] })
                }
            }
        }
        if hasFinalRotations, case .hardwareEfficient(let rotations, _, _) = family {
            for rotation in rotations { for qubit in 0..<qubitCount { turn(rotation, qubit) } }
        }
        return try Circuit(qubitCount: qubitCount, inputs: inputs, instructions: instructions)
    }

    private func check() throws {
        guard qubitCount >= 1 else { throw AnsatzError.noQubit(qubitCount) }
        guard layerCount >= 1 else { throw AnsatzError.noLayer(layerCount) }
        switch family {
        case .hardwareEfficient(let rotations, _, _):
            guard !rotations.isEmpty else { throw AnsatzError.noRotation }
        case .basicEntangler, .stronglyEntangling:
            guard !hasFinalRotations else { throw AnsatzError.noFinalRotations }
        }
        guard let encoding else { return }
        guard encoding.inputs.count <= qubitCount else {
            throw AnsatzError.tooManyInputs(encoding.inputs.count, qubitCount: qubitCount)
        }
        if let name = encoding.inputs.first(where: { $0 == "theta" || !OpenQASMVocabulary.isName($0) }) {
            throw AnsatzError.badInput(name)
        }
        guard encoding.scale.isFinite, encoding.scale != 0 else { throw AnsatzError.badScale(encoding.scale) }
    }
}
