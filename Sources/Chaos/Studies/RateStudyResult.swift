import Foundation
import Torus
import Transport

/// What a study found: means with intervals, exponents and prefactors beside the theory's, fluctuations beside the prediction.
public struct RateStudyResult: Sendable {
    /// The mean of a measured number over the replicates, to the power that is fitted: root mean squares by their squares.
    public struct Mean: Sendable, Equatable {
        /// What was measured.
        public let column: StudyColumn
        /// The number of experts.
        public let count: Int
        /// The time.
        public let time: Double
        /// The replicates.
        public let replicates: Int
        /// The mean of the number itself; of the loss gap with its sign.
        public let mean: Double
        /// The standard error of that mean.
        public let standardError: Double
        /// The mean of the power that is fitted: the square of root mean squares.
        public let fitted: Double
        /// The ends of its 95 % interval, by bootstrap over replicates jointly across `N`.
        public let lower: Double
        /// See `lower`.
        public let upper: Double
    }

    /// A fitted exponent.
    public struct Exponent: Sendable, Equatable {
        /// What falls.
        public let column: StudyColumn
        /// At which time.
        public let time: Double
        /// The exponent of `N` of the number itself; NaN without a fit.
        public let exponent: Double
        /// The ends of its 95 % interval.
        public let lower: Double
        /// See `lower`.
        public let upper: Double
        /// The sharp exponent; NaN where no single power describes the number.
        public let theory: Double
        /// The exponent of a proved bound; NaN where none is known.
        public let proved: Double
        /// What the interval says of the sharp one.
        public let verdict: Rate.Verdict
    }

    /// Fitted factors of the theory's form.
    public struct Prefactor: Sendable, Equatable {
        /// What falls.
        public let column: StudyColumn
        /// At which time.
        public let time: Double
        /// The form, of the mean of the fitted power.
        public let form: PrefactorForm
        /// `a`.
        public let a: Double
        /// The ends of its 95 % interval.
        public let aLower: Double
        /// See `aLower`.
        public let aUpper: Double
        /// `b`; NaN, as its interval, in forms without it.
        public let b: Double
        /// The ends of its 95 % interval.
        public let bLower: Double
        /// See `bLower`.
        public let bUpper: Double
        /// `a` as the theory predicts it; NaN where it does not.
        public let predicted: Double
    }

    /// `N` times the mean of a square beside its predicted limit.
    public struct Fluctuation: Sendable, Equatable {
        /// What fluctuates: a function error, or a wave of the spectrum.
        public let column: StudyColumn
        /// The number of experts.
        public let count: Int
        /// The time.
        public let time: Double
        /// `N·E` of the square.
        public let measured: Double
        /// Its standard error.
        public let standardError: Double
        /// The predicted limit for the column's family; of the wrong limit that of trained mixtures, which it must miss.
        public let predicted: Double
        /// The deviation in standard errors.
        public var score: Double { (measured - predicted) / standardError }
    }

    /// A measured root mean square beside its explicit bound.
    public struct Bound: Sendable, Equatable {
        /// What is bounded.
        public let quantity: Quantity
        /// The number of experts.
        public let count: Int
        /// The time.
        public let time: Double
        /// The root of the mean square over the replicates.
        public let measured: Double
        /// The bound.
        public let bound: Double
        /// Measured over bound; NaN where both vanish.
        public var ratio: Double { measured / bound }
    }

    /// A quantile of `√N (F_N − F)` at one input over its predicted standard deviation, beside the normal one.
    public struct Quantile: Sendable, Equatable {
        /// The number of experts.
        public let count: Int
        /// The time.
        public let time: Double
        /// The probability.
        public let probability: Double
        /// The quantile of the replicates.
        public let measured: Double
        /// That of the normal law.
        public let normal: Double
        /// The standard error that a quantile of so many normal numbers has.
        public let standardError: Double
    }

    /// The replicates of each number of experts.
    public let replicates: [Int]
    /// The means, by column, then time, then number of experts.
    public let means: [Mean]
    /// The exponents, fitted over `N ≥ 100`.
    public let exponents: [Exponent]
    /// The prefactors, fitted over the same.
    public let prefactors: [Prefactor]
    /// Squares beside their predicted limits.
    public let fluctuations: [Fluctuation]
    /// The explicit bounds.
    public let bounds: [Bound]
    /// Quantiles of the largest mixtures that have at least twenty replicates.
    public let quantiles: [Quantile]
    /// The half width of the widest interval of an exponent that is judged; infinite where one has no interval.
    public let precision: Double

    init(
        study: RateStudy, replicates: [Int], samples: [[[Double]]], shapes: [RateShape], densityRatios: [Double],
        gridTerms: [[WassersteinOrder: Double]], variateMeans: [[Double]], parallelism: Parallelism
    ) {
        let plan = study.plan
        let bootstrap = NestedBootstrap(
            replicates: replicates + replicates.map { min($0, plan.distanceReplicates) }, seed: plan.seed)
        let reader = SampleReader(study: study, samples: samples, variateMeans: variateMeans)
        let cells = study.columns.indices.flatMap { column in
            study.times.indices.map { (column: column, output: $0) }
        }
        let analyses =
            (try? parallelism.map(cells.count) { index -> ColumnAnalysis in
                let cell = cells[index]
                let kind = study.columns[cell.column].kind
                var error = 0.0
                if case .quantity(let quantity) = kind, kind.isTransport {
                    error = gridTerms[cell.output][quantity == .w1 ? .one : .two] ?? 0
                }
                return ColumnAnalysis(
                    study: study, reader: reader, bootstrap: bootstrap, column: cell.column, output: cell.output,
                    shape: kind == .quantity(.w2) ? shapes[cell.output] : .power,
                    isBounded: !kind.isTransport || densityRatios[cell.output] >= Rate.smallestDensityRatio,
                    gridError: error)
            }) ?? []
        self.replicates = replicates
        means = analyses.flatMap(\.means)
        exponents = analyses.map(\.exponent)
        prefactors = analyses.compactMap(\.prefactor)
        fluctuations = analyses.flatMap(\.fluctuations)
        bounds = Self.bounds(study, means)
        quantiles = Self.quantiles(study, reader)
        let judged = exponents.filter {
            $0.column.family == .trained && !$0.theory.isNaN && $0.verdict != .notApplicable
        }
        precision =
            judged.map { exponent in
                let half = 0.5 * (exponent.upper - exponent.lower)
                return half.isNaN ? .infinity : half
            }.max() ?? .infinity
    }

    private static func bounds(_ study: RateStudy, _ means: [Mean]) -> [Bound] {
        means.compactMap { mean in
            guard mean.column.family == .trained, case .quantity(let quantity) = mean.column.kind,
                let output = study.times.firstIndex(of: mean.time)
            else { return nil }
            let bound: Double
            switch quantity {
            case .coupling: bound = study.bound.coupling[output]
            case .functionError: bound = study.bound.function[output]
            case .functionErrorTest: bound = study.bound.heldOutFunction[output]
            default: return nil
            }
            return Bound(
                quantity: quantity, count: mean.count, time: mean.time, measured: mean.fitted.squareRoot(),
                bound: bound / Double(mean.count).squareRoot())
        }
    }

    /// The probabilities of the quantile table.
    private static let probabilities = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]

    private static func quantiles(_ study: RateStudy, _ reader: SampleReader) -> [Quantile] {
        guard let column = study.columns.firstIndex(of: StudyColumn(.trained, .deviation)),
            let largest = study.plan.counts.indices.last(where: { reader.replicates($0) >= 20 })
        else { return [] }
        let count = study.plan.counts[largest]
        return study.times.indices.flatMap { output -> [Quantile] in
            let scale = Double(count).squareRoot() / study.deviations[output]
            let sorted = reader.values(column, output: output, count: largest).map { scale * $0 }.sorted()
            return probabilities.map { probability in
                // Between order statistics, as the medians of the ranks of uniform draws.
                let place = probability * (Double(sorted.count) + 1.0 / 3) - 2.0 / 3
                let low = min(max(0, Int(place.rounded(.down))), sorted.count - 2)
                let share = min(1, max(0, place - Double(low)))
                let normal = NormalLaw.quantile(probability)
                let density = exp(-0.5 * normal * normal) / (2 * .pi).squareRoot()
                return Quantile(
                    count: count, time: study.times[output], probability: probability,
                    measured: sorted[low] + share * (sorted[low + 1] - sorted[low]),
                    normal: normal,
                    standardError: (probability * (1 - probability) / Double(sorted.count)).squareRoot() / density)
            }
        }
    }
}

/// The samples of a study by column.
struct SampleReader: Sendable {
    let study: RateStudy
    /// By number of experts and replicate.
    let samples: [[[Double]]]
    let variateMeans: [[Double]]

    func replicates(_ count: Int) -> Int { samples[count].count }

    /// The numbers of the replicates of which they are measured.
    func values(_ column: Int, output: Int, count: Int) -> [Double] {
        let place = output * study.columns.count + column
        let kind = study.columns[column].kind
        let measured = kind.isTransport || kind == .variate ? study.plan.distanceReplicates : .max
        return samples[count].prefix(measured).map { $0[place] }
    }

    /// The numbers to the power whose mean is fitted; of `W₂²` what the synchronous copies explain is taken out.
    func powers(_ column: Int, output: Int, count: Int) -> [Double] {
        let own = study.columns[column]
        let values = values(column, output: output, count: count).map { pow($0, Double(own.kind.fittedPower)) }
        guard own.kind == .quantity(.w2), own.family != .wrong, values.count >= 8,
            variateMeans[count][output].isFinite,
            let index = study.columns.firstIndex(of: StudyColumn(.independent, .variate))
        else { return values }
        let variates = self.values(index, output: output, count: count)
        let reduced = ControlVariate.reduced(
            samples: values, variates: variates, variateMean: variateMeans[count][output])
        return reduced.allSatisfy { $0 > 0 } ? reduced : values
    }
}

/// One column at one time over all numbers of experts.
private struct ColumnAnalysis: Sendable {
    let means: [RateStudyResult.Mean]
    let exponent: RateStudyResult.Exponent
    let prefactor: RateStudyResult.Prefactor?
    let fluctuations: [RateStudyResult.Fluctuation]

    init(
        study: RateStudy, reader: SampleReader, bootstrap: NestedBootstrap, column: Int, output: Int,
        shape: RateShape, isBounded: Bool, gridError: Double
    ) {
        let (own, counts, time) = (study.columns[column], study.plan.counts, study.times[output])
        let raw = counts.indices.map { reader.values(column, output: output, count: $0) }
        let powers = counts.indices.map { reader.powers(column, output: output, count: $0) }
        let resampled = powers.map(bootstrap.means)
        means = counts.indices.map { index in
            let (mean, error) = meanAndError(raw[index])
            let (lower, upper) = NestedBootstrap.interval(resampled[index].resampled)
            return RateStudyResult.Mean(
                column: own, count: counts[index], time: time, replicates: raw[index].count, mean: mean,
                standardError: error, fitted: resampled[index].plain, lower: lower, upper: upper)
        }

        let used = counts.indices.filter { counts[$0] >= Rate.smallestCount }
        let fittedCounts = used.map { counts[$0] }
        let power = own.kind.fittedPower
        let logs = fittedCounts.map { log(Double($0)) }
        let terms = fittedCounts.compactMap(shape.terms(count:))
        func slope(_ means: [Double]) -> Double {
            let values = means.map { log($0) }
            guard values.count >= 2, values.allSatisfy(\.isFinite) else { return .nan }
            return (terms.isEmpty ? PowerLawFit.line(logs, values) : PowerLawFit.curve(logs, values, terms))
                / Double(power)
        }
        func resample(_ index: Int) -> [Double] { used.map { resampled[$0].resampled[index] } }
        let plain = used.map { resampled[$0].plain }
        let slopes = (0..<NestedBootstrap.resamples).map { slope(resample($0)) }
        let interval = NestedBootstrap.interval(slopes)
        let theory = own.kind.sharpExponent(dimension: study.dimension) ?? .nan
        let smallest = pow(plain.last ?? .nan, 1 / Double(power))
        let isTooCoarse = !(gridError <= Rate.largestErrorShare * smallest)
        let vanishes = plain.contains(0)
        let verdict: Rate.Verdict =
            theory.isNaN || vanishes || !isBounded || isTooCoarse
            ? .notApplicable
            : used.count < 3 || interval.lower.isNaN
                ? .notEnoughData : Rate.verdict(interval: interval, theory: theory)
        exponent = RateStudyResult.Exponent(
            column: own, time: time, exponent: slope(plain), lower: interval.lower, upper: interval.upper,
            theory: theory, proved: own.kind.provedExponent(dimension: study.dimension) ?? .nan, verdict: verdict)

        prefactor = PrefactorForm(own.kind, dimension: study.dimension).flatMap { form in
            guard own.family != .wrong else { return nil }
            let found = form.fit(counts: fittedCounts, means: plain)
            let fits = (0..<NestedBootstrap.resamples).map { form.fit(counts: fittedCounts, means: resample($0)) }
            let (a, b) = (NestedBootstrap.interval(fits.map(\.a)), NestedBootstrap.interval(fits.map(\.b)))
            let predicted =
                switch (own.kind, shape) {
                case (.quantity(.w2), .plane(let amplitude)), (.quantity(.w2), .space(let amplitude)): amplitude
                default: Self.prediction(study, own, output) ?? .nan
                }
            return RateStudyResult.Prefactor(
                column: own, time: time, form: form, a: found.a, aLower: a.lower, aUpper: a.upper, b: found.b,
                bLower: b.lower, bUpper: b.upper, predicted: predicted)
        }

        let trained = StudyColumn(own.family == .wrong ? .trained : own.family, own.kind)
        let isSquare = own.kind != .quantity(.lossGap)
        if isSquare, let predicted = Self.prediction(study, trained, output) {
            fluctuations = counts.indices.map { index in
                let scale = Double(counts[index])
                let (mean, error) = meanAndError(powers[index])
                return RateStudyResult.Fluctuation(
                    column: own, count: counts[index], time: time, measured: scale * mean,
                    standardError: scale * error, predicted: predicted)
            }
        } else {
            fluctuations = []
        }
    }

    /// The limit of `N·E` of a square.
    private static func prediction(_ study: RateStudy, _ column: StudyColumn, _ output: Int) -> Double? {
        if case .wave(let k) = column.kind, let index = study.spectrum.frequencies.firstIndex(of: k) {
            return column.family == .independent
                ? study.spectrum.independent[output][index] : study.spectrum.trained[output][index]
        }
        return study.predictions[column]?[output]
    }
}

/// The mean of samples and its standard error; NaN for one sample.
func meanAndError(_ samples: [Double]) -> (mean: Double, error: Double) {
    let count = Double(samples.count)
    let mean = samples.reduce(0, +) / count
    let spread = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (spread / (count - 1) / count).squareRoot())
}
