// Reads damaged run files and checkpoints, thousands of them: each is an error that says what is wrong, or is read as it was.
// To be built with AddressSanitizer, so that a byte read beyond its array ends the program.
//
//     mutations [COUNT] [SEED]

import Archive
import Foundation
import TimeStepping
import Torus

/// Sebastiano Vigna's SplitMix64, for damage that a seed repeats.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A small run with every part that a run file can have.
func run(cells: [Int]) throws -> RunContents {
    let grid = try PeriodicGrid(cells: cells)
    let outputs = 4
    var contents = RunContents(
        title: "A run to be damaged", experiment: "title: sample\n", softwareVersion: "0.1.0",
        date: Date(timeIntervalSince1970: 1.7e9), grid: grid, times: (0..<outputs).map(Double.init),
        densities: (0..<outputs).map { time in (0..<grid.cellCount).map { sin(Double($0 + time)) } },
        series: ["loss": [4, 3, 2, 1]],
        tables: [
            RunTable(
                "comparison", columns: [.init("n_experts", .integers([1, 2])), .init("w2", .reals([0.5, 0.25]))]),
            RunTable(
                "rates", columns: [.init("quantity", .texts(["w1", "w2"])), .init("exponent", .reals([-0.5, -0.5]))]),
        ])
    contents.ensembles = (0..<2).map { replicate in
        ExpertTrajectories(
            positions: cells.indices.map { axis in (0..<outputs).map { [Double($0 + axis), Double(replicate)] } },
            replicate: replicate)
    }
    contents.experts = ExpertTrajectories(
        positions: cells.indices.map { axis in (0..<outputs).map { time in (0..<7).map { Double($0 + time + axis) } } })
    contents.function = (0..<outputs).map { [Double($0), 1] }
    contents.perDatum = ["target": [1, -1]]
    contents.inputs = [RunInput(name: "data.csv", bytes: Array("x,y\n0,1\n".utf8))]
    return contents
}

/// The numbers of a run, to the bit, and its texts.
func fingerprint(_ run: RunContents) -> [String] {
    var numbers = run.times + run.densities.flatMap(\.self) + (run.function ?? []).flatMap(\.self)
    for name in run.series.keys.sorted() { numbers += run.series[name] ?? [] }
    for rows in run.experts?.positions ?? [] { numbers += rows.flatMap(\.self) }
    return [run.title, run.experiment, run.softwareVersion, "\(run.tables)", "\(run.inputs)"]
        + numbers.map { "\($0.bitPattern)" }
}

func fingerprint(_ snapshot: Snapshot) -> [String] {
    snapshot.values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        + snapshot.parts.sorted { $0.key < $1.key }.flatMap { [$0.key] + fingerprint($0.value) }
}

/// Damage as disks, copies and people do it.
func damaged(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 1...4096, using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1:
        for _ in 0..<8 { bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random) }
    case 2: bytes.removeLast(bytes.count - place)
    case 3: for index in place..<end { bytes[index] = 0 }
    case 4: for index in place..<end { bytes[index] = .random(in: 0...255, using: &random) }
    case 5: bytes.removeSubrange(place..<end)
    case 6: bytes.insert(contentsOf: bytes[place..<end], at: place)
    default:
        // Sizes and addresses are words of eight bytes: absurd ones.
        let word = place / 8 * 8
        for index in word..<min(bytes.count, word + 8) { bytes[index] = Bool.random(using: &random) ? 0xFF : 0x7F }
    }
    return bytes
}

/// A sound file, and what reading any file as one of its kind gives.
struct Original {
    let bytes: [UInt8]
    let read: (URL) throws -> [String]
    let sound: [String]
}

func original(
    _ url: URL, _ write: (URL) throws -> Void, _ read: @escaping (URL) throws -> [String]
) throws -> Original {
    try write(url)
    return Original(bytes: Array(try Data(contentsOf: url)), read: read, sound: try read(url))
}

@main enum Mutations {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
        let count = arguments.first.flatMap(\.self) ?? 10_000
        let seed = arguments.dropFirst().first.flatMap(\.self) ?? .random(in: 0...(.max))
        print("\(count) damaged files, seed \(seed)")
        var random = SplitMix(state: seed)

        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kac-mutations-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        var originals: [Original] = []
        for cells in [[13], [6, 5], [4, 3, 2]] {
            let contents = try run(cells: cells)
            originals.append(
                try original(
                    folder.appendingPathComponent("run-\(cells.count).h5"),
                    { try RunFileWriter.write(contents, to: $0) }
                ) { url in
                    // Each by itself: the seal, which the views ask for, would refuse nearly all before the others had a look.
                    let found = Result { fingerprint(try RunFileReader.contents(of: url)) }
                    _ = try? RunFileReader.storage(of: url)
                    _ = try? RunFileReader.views(of: url)
                    _ = try? AtomFile(contentsOf: url.path, ensembleCount: 1, replicate: 1)
                    return try found.get()
                })
        }
        var snapshot = Snapshot()
        snapshot.store((0..<500).map { cos(Double($0)) }, as: "reals")
        snapshot.store([1, 2, 3], as: "integers")
        snapshot.store("a text", as: "text")
        snapshot.parts["part"] = snapshot
        let whole = snapshot
        originals.append(
            try original(folder.appendingPathComponent("checkpoint.h5"), { try SnapshotFile.write(whole, to: $0) }) {
                fingerprint(try SnapshotFile.read($0))
            })

        var (refused, unchanged) = (0, 0)
        let target = folder.appendingPathComponent("damaged.h5")
        for _ in 0..<count {
            let original = originals[Int.random(in: 0..<originals.count, using: &random)]
            let bytes = damaged(original.bytes, &random)
            try Data(bytes).write(to: target)
            do {
                guard try original.read(target) == original.sound else {
                    print("read, but not what was written")
                    try Data(bytes).write(to: URL(fileURLWithPath: "mutation-that-passed.h5"))
                    exit(1)
                }
                unchanged += 1
            } catch is ArchiveError {
                refused += 1
            }
        }
        print("\(refused) refused, \(unchanged) read as they were written")
    }
}
