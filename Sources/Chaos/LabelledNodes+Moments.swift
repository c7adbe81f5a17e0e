import Continuum

extension LabelledNodes {
    /// The mean of values at the nodes.
    func mean(_ values: [Double]) -> Double { zip(values, masses).reduce(0) { $0 + $1.0 * $1.1 } }

    /// The covariances of lists of values at the nodes, row by row.
    func covariance(_ values: [[Double]]) -> [Double] {
        let centred = values.map { list in
            let centre = mean(list)
            return list.map { $0 - centre }
        }
        var result = Array(repeating: 0.0, count: values.count * values.count)
        for a in centred.indices {
            let weighted = zip(centred[a], masses).map(*)
            for b in 0...a {
                let sum = zip(weighted, centred[b]).reduce(0) { $0 + $1.0 * $1.1 }
                result[a * values.count + b] = sum
                result[b * values.count + a] = sum
            }
        }
        return result
    }
}
