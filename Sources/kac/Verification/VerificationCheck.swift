/// One line of `kac verify`: a measured number beside the bound that it must keep.
struct VerificationCheck: Encodable {
    /// Which side of the bound is right.
    enum Side: String, Encodable {
        case atMost
        case atLeast
    }

    /// The problem that was solved.
    let problem: String
    /// The method.
    let method: String
    /// What was measured.
    let quantity: String
    /// The number; NaN when the method failed.
    let value: Double
    /// The bound.
    let bound: Double
    /// Which side of the bound is right.
    let side: Side

    /// Whether the number keeps its bound.
    var passes: Bool {
        switch side {
        case .atMost: value <= bound
        case .atLeast: value >= bound
        }
    }

    private enum CodingKeys: String, CodingKey { case problem, method, quantity, value, bound, side, passes }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(problem, forKey: .problem)
        try container.encode(method, forKey: .method)
        try container.encode(quantity, forKey: .quantity)
        // JSON has no NaN.
        try container.encode(value.isFinite ? value : nil, forKey: .value)
        try container.encode(bound, forKey: .bound)
        try container.encode(side, forKey: .side)
        try container.encode(passes, forKey: .passes)
    }
}
