// swift-tools-version: 6.2
import PackageDescription

// As in the package that is measured.
let march: [SwiftSetting] =
    Context.environment["KAC_MARCH"].map { [.unsafeFlags(["-Xcc", "-march=\($0)"])] } ?? []

let package = Package(
    name: "kac-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "kac", path: ".."),
        // Without its traits: the allocation counters need libraries that are not used here.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .target(name: "Jobs", dependencies: [.product(name: "Kac", package: "kac")], swiftSettings: march),
        .executableTarget(name: "measure", dependencies: ["Jobs"], swiftSettings: march),
        .executableTarget(
            name: "Kernels",
            dependencies: ["Jobs", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Kernels", swiftSettings: march,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
