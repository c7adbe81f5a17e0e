import Benchmark
import Jobs

let benchmarks: @Sendable () -> Void = {
    for name in Job.names {
        Benchmark(
            name,
            configuration: .init(
                metrics: [.wallClock], timeUnits: .microseconds, warmupIterations: 3,
                maxDuration: .seconds(2),
                maxIterations: 2000)
        ) { benchmark, job in
            for _ in benchmark.scaledIterations {
                job?.prepare()
                benchmark.startMeasurement()
                job?.run()
                benchmark.stopMeasurement()
            }
        } setup: {
            try Job.named(name)
        }
    }
}
