extension InputRoles {
    /// Refuses data that a circuit cannot take.
    ///
    /// - Parameter inputs: one row a datum, the data inputs in the order of their declaration.
    /// - Throws: `ExpansionError` when there is no datum, or a row has a wrong number of values, one that is not finite, or
    ///   zeros only for the amplitudes of the initial state.
    func check(_ inputs: [[Double]], for circuit: Circuit) throws {
        try ExpansionError.check(inputs, names: data.map { circuit.inputs[$0].name })
        let amplitudes = data.indices.filter { circuit.amplitudes.contains(data[$0]) }
        for (datum, row) in inputs.enumerated() {
            if !amplitudes.isEmpty, amplitudes.allSatisfy({ row[$0] == 0 }) {
                throw ExpansionError.zeroVector(datum: datum)
            }
        }
    }
}
