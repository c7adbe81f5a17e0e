import Foundation

/// A plan of experts as JSON.
struct PlanReport: Encodable {
    /// Mixtures of the planned size that were trained and counted.
    struct Verification: Encodable {
        let trials: Int
        /// Those that hold the error.
        let held: Int
        /// The ends of the 99.9 % interval of the coverage.
        let lower: Double
        let upper: Double
        let passes: Bool
    }

    let goal: String
    let error: Double
    let confidence: Double
    let times: [Double]
    let experts: Int
    /// The ends of the 95 % interval of the number.
    let lower: Double
    let upper: Double
    /// What the interval is of.
    let source: String
    /// The number that the explicit bound asks for; a bound that overflows is none.
    let explicitBound: Double?
    let verification: Verification?

    private enum CodingKeys: String, CodingKey {
        case goal = "for"
        case error, confidence, times, experts, lower, upper, source
        case explicitBound = "explicit_bound"
        case verification
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(goal, forKey: .goal)
        try container.encode(error, forKey: .error)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(times, forKey: .times)
        try container.encode(experts, forKey: .experts)
        try container.encode(lower, forKey: .lower)
        try container.encode(upper, forKey: .upper)
        try container.encode(source, forKey: .source)
        // A bound that is not there is an explicit null; JSON has no infinity.
        try container.encode(explicitBound.flatMap { $0.isFinite ? $0 : nil }, forKey: .explicitBound)
        try container.encodeIfPresent(verification, forKey: .verification)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
