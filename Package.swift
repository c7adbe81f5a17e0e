// swift-tools-version: 6.2
import PackageDescription

// KAC_MARCH=native makes C and Swift code use this machine's vector units; unset, the build is portable.
let march: [SwiftSetting] =
    Context.environment["KAC_MARCH"].map { [.unsafeFlags(["-Xcc", "-march=\($0)"])] } ?? []

let cSettings: [CSetting] = Context.environment["KAC_MARCH"].map { [.unsafeFlags(["-march=\($0)"])] } ?? []

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + march

// Debian tells the serial HDF5 from the parallel ones by name; Homebrew has the serial one alone.
#if os(macOS)
    let hdf5 = "hdf5"
#else
    let hdf5 = "hdf5-serial"
#endif

/// A floor of the house: it imports only floors listed above it.
func floor(_ name: String, on dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// The tests of a floor; files that they read by their paths are left out of the build.
func tests(of name: String, with dependencies: [Target.Dependency] = [], reading files: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, exclude: files,
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "kac",
    platforms: [.macOS(.v15)],
    products: [
        .library(
            name: "Kac",
            targets: [
                "Torus", "TimeStepping", "Experts", "Training", "Continuum", "Particles", "Transport", "Chaos",
                "Archive",
            ]),
        .executable(name: "kac", targets: ["kac"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CLanes"),
        // What a file or a checkpoint has to know of the machine and C alone can say.
        .target(name: "CMachine"),
        .systemLibrary(
            name: "CFFTW", pkgConfig: "fftw3", providers: [.apt(["libfftw3-dev"]), .brew(["fftw"])]),
        .systemLibrary(
            name: "CHDF5", pkgConfig: hdf5, providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
        // HDF5's headers bring it along.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),

        .target(name: "CStateVector", cSettings: cSettings),
        floor("Torus", on: ["CFFTW", "CLanes"]),
        floor("TimeStepping", on: []),
        floor(
            "Experts",
            on: ["CLanes", "CStateVector", "Torus", .product(name: "ComplexModule", package: "swift-numerics")]),
        floor("Training", on: ["Torus", "TimeStepping", "Experts", .product(name: "SwiftCSV", package: "SwiftCSV")]),
        floor("Continuum", on: ["CLanes", "Torus", "TimeStepping", "Training"]),
        floor("Particles", on: ["Torus", "TimeStepping", "Training"]),
        floor("Transport", on: ["Torus"]),
        floor(
            "Chaos", on: ["Torus", "TimeStepping", "Experts", "Training", "Continuum", "Particles", "Transport"]),
        floor("Archive", on: ["CHDF5", "CMachine", "CZlib", "Torus", "TimeStepping"]),
        .executableTarget(
            name: "kac",
            dependencies: [
                "Torus", "TimeStepping", "Experts", "Training", "Continuum", "Particles", "Transport", "Chaos",
                "Archive", "CMachine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("Report/report.py")], swiftSettings: swiftSettings),

        tests(of: "Torus"),
        tests(of: "TimeStepping"),
        tests(of: "Experts", with: ["Torus"], reading: ["Qiskit"]),
        // Stands in front of malloc to count what a test asks for.
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        tests(of: "Training", with: ["Torus", "TimeStepping", "Experts", "CAllocationCounter"]),
        tests(
            of: "Continuum",
            with: [
                "Torus", "TimeStepping", "Experts", "Training", "CAllocationCounter",
            ]),
        tests(of: "Particles", with: ["Torus", "Experts", "Training"]),
        tests(of: "Transport", with: ["Torus"]),
        tests(
            of: "Chaos", with: ["Torus", "TimeStepping", "Experts", "Training", "Continuum", "Particles", "Transport"]),
        tests(of: "Archive", with: ["CHDF5", "Torus", "TimeStepping"]),
        // Reads damaged files; `make test-mutations` builds it with AddressSanitizer.
        .executableTarget(
            name: "mutations", dependencies: ["Archive", "Torus", "TimeStepping"], path: "Tests/Mutations",
            swiftSettings: swiftSettings),
        // The code of README and articles, and where their links lead.
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "Torus", "TimeStepping", "Experts", "Training", "Continuum", "Particles", "Transport", "Chaos",
                "Archive",
            ], swiftSettings: swiftSettings),
        .testTarget(
            name: "EndToEndTests", dependencies: ["kac", "Archive", "TimeStepping", "Torus"],
            swiftSettings: swiftSettings),
    ],
    swiftLanguageModes: [.v6]
)
