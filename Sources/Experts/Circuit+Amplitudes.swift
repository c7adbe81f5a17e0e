/// Amplitude encoding: a data vector as the state before the first gate.
extension Circuit {
    /// The same gates on the state whose amplitudes are the inputs with the given names.
    ///
    /// Names that the circuit does not have become inputs of their own, after the others; an array's name means all its
    /// elements.
    ///
    /// ```swift
    /// let encoded = try circuit.encodingAmplitudes(["x0", "x1", "x2", "x3"])    // two qubits, all amplitudes
    /// ```
    ///
    /// - Throws: `CircuitError` when there are more names than amplitudes, a name repeats, or it is an angle as well.
    public func encodingAmplitudes(_ names: [String]) throws -> Circuit {
        var inputs = inputs
        var amplitudes: [Int] = []
        for name in names {
            let matches = inputs.indices.filter { inputs[$0].name == name || inputs[$0].array == name }
            if matches.isEmpty { inputs.append(Input(name)) }
            amplitudes += matches.isEmpty ? [inputs.count - 1] : matches
        }
        return try Circuit(
            qubitCount: qubitCount, inputs: inputs, instructions: instructions, amplitudes: amplitudes)
    }

    /// The last qubits, on which amplitudes other than the first one lie; the qubits before them start in `|0⟩`.
    var encodedQubitCount: Int {
        amplitudes.count < 2 ? 0 : Int.bitWidth - (amplitudes.count - 1).leadingZeroBitCount
    }

    /// The qubits that start in `|0⟩`, as a mask.
    ///
    /// - Precondition: the circuit has at most 64 qubits.
    var qubitsInZero: UInt64 {
        let count = amplitudes.isEmpty ? qubitCount : qubitCount - encodedQubitCount
        return count >= UInt64.bitWidth ? .max : 1 << UInt64(count) - 1
    }

    /// Refuses amplitudes that do not fit the circuit.
    func checkAmplitudes() throws {
        guard encodedQubitCount <= qubitCount else {
            throw CircuitError.badAmplitudes(
                "found \(amplitudes.count), expected at most \(1 << qubitCount), as the circuit has \(qubitCount) "
                    + "\(qubitCount == 1 ? "qubit" : "qubits")")
        }
        if let input = amplitudes.first(where: { !inputs.indices.contains($0) }) {
            throw CircuitError.badAmplitudes("found input \(input) of \(inputs.count)")
        }
        var seen: Set<Int> = []
        if let input = amplitudes.first(where: { !seen.insert($0).inserted }) {
            throw CircuitError.badAmplitudes("found the input '\(inputs[input].name)' twice, expected different inputs")
        }
        for term in instructions.lazy.flatMap(\.angles).flatMap(\.terms) where seen.contains(term.input) {
            throw CircuitError.badAmplitudes(
                "the input '\(inputs[term.input].name)' is an angle of a gate as well; use an input of another name, which "
                    + "may be fed from the same column")
        }
    }

    /// Writes the amplitudes `x_j / ‖x‖` for given values of all inputs; NaN where there is no such state.
    ///
    /// - Precondition: the circuit has amplitudes, and there is room for all of them.
    func normaliseAmplitudes(of values: [Double], into row: UnsafeMutablePointer<Double>) {
        // The largest value is taken out first: its square may be beyond the numbers.
        var largest = 0.0
        for input in amplitudes { largest = max(largest, abs(values[input])) }
        var sum = 0.0
        for (place, input) in amplitudes.enumerated() {
            row[place] = values[input] / largest
            sum += row[place] * row[place]
        }
        let length = sum.squareRoot()
        for place in amplitudes.indices { row[place] /= length }
    }
}
