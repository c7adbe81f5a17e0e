extension InputRoles {
    /// Refuses data that a circuit cannot take.
    ///
    /// - Parameter inputs: one row a datum, the data inputs in the order of their declaration.
    /// - Throws: `ExpansionError` when there is no datum, or a row has a wrong number of values, one that is not finite, or
    ///   zeros only for the amplitudes of the initial state, or one that makes an angle overflow.
    func check(_ inputs: [[Double]], for circuit: Circuit) throws {
        try ExpansionError.check(inputs, names: data.map { circuit.inputs[$0].name })
        let amplitudes = data.indices.filter { circuit.amplitudes.contains(data[$0]) }
        var values = Array(repeating: 0.0, count: circuit.inputs.count)
        for (datum, row) in inputs.enumerated() {
            if !amplitudes.isEmpty, amplitudes.allSatisfy({ row[$0] == 0 }) {
                throw ExpansionError.zeroVector(datum: datum)
            }
            for (input, value) in zip(data, row) { values[input] = value }
            // Only large numbers overflow.
            guard row.contains(where: { abs($0) > 1e100 }) else { continue }
            for angle in circuit.instructions.lazy.flatMap(\.angles) where !angle.value(values).isFinite {
                throw ExpansionError.angleOverflow(datum: datum)
            }
        }
    }
}
