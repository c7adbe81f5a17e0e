import Foundation
import Testing
import Torus

@testable import Archive

/// Densities from files of many kinds, on grids whose axes differ.
@Suite struct GridFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("kac-grid-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ data: Data, _ name: String) throws -> String {
        let url = folder.appendingPathComponent(name)
        try data.write(to: url)
        return url.path
    }

    /// A file of NumPy's, as `numpy.save` writes it.
    private static func numPy(_ values: [Double], shape: String, order: String = "False", kind: String = "<f8") -> Data
    {
        var header = "{'descr': '\(kind)', 'fortran_order': \(order), 'shape': \(shape), }"
        while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
        data.append(contentsOf: [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
        data.append(contentsOf: header.utf8)
        for value in values {
            switch kind {
            case "<f8": withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
            case ">f8": withUnsafeBytes(of: value.bitPattern.bigEndian) { data.append(contentsOf: $0) }
            case "<i8": withUnsafeBytes(of: Int64(value).littleEndian) { data.append(contentsOf: $0) }
            case ">u4": withUnsafeBytes(of: UInt32(value).bigEndian) { data.append(contentsOf: $0) }
            case "<i2": withUnsafeBytes(of: Int16(value).littleEndian) { data.append(contentsOf: $0) }
            case "|u1": data.append(UInt8(value))
            default: withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { data.append(contentsOf: $0) }
            }
        }
        return data
    }

    /// `10 i₀ + i₁` on 2 × 3 cells, in every order and kind.
    @Test func numPyArraysKeepTheirAxes() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let expected = Field(grid: try PeriodicGrid(cells: [2, 3]), values: [0, 10, 1, 11, 2, 12])
        let rows = [0.0, 1, 2, 10, 11, 12]
        for kind in ["<f8", ">f8", "<f4", "<i8", ">u4", "<i2", "|u1"] {
            let file = try write(Self.numPy(rows, shape: "(2, 3)", kind: kind), "a.npy")
            #expect(try GridFile.field(at: file) == expected)
        }
        let columns = try write(Self.numPy([0, 10, 1, 11, 2, 12], shape: "(2, 3)", order: "True"), "b.npy")
        #expect(try GridFile.field(at: columns) == expected)
        let line = try write(Self.numPy([1, 2, 3], shape: "(3,)"), "c.npy")
        #expect(try GridFile.field(at: line) == Field(grid: try PeriodicGrid(cells: [3]), values: [1, 2, 3]))
        let cube = try write(Self.numPy((0..<24).map(Double.init), shape: "(2, 3, 4)"), "d.npy")
        let field = try GridFile.field(at: cube)
        // Element (1, 2, 3) is the last, element (1, 0, 0) is number 12.
        #expect(field.grid.cells == [2, 3, 4] && field.values[23] == 23 && field.values[1] == 12)
    }

    @Test func tablesOfNumbers() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try write(Data("# θ₁ across\n0, 1, 2\n\n10,11,12\n".utf8), "a.csv")
        #expect(try GridFile.field(at: file).values == [0, 10, 1, 11, 2, 12])
        for text in ["1,2,3", "1\n2\n3\n"] {
            let line = try write(Data(text.utf8), "b.csv")
            #expect(try GridFile.field(at: line) == Field(grid: try PeriodicGrid(cells: [3]), values: [1, 2, 3]))
        }
    }

    @Test func runFilesAndTheirArrays() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try sampleRun(cells: [5, 4])
        let url = folder.appendingPathComponent("run.h5")
        try RunFileWriter.write(run, to: url, overwrite: false)
        let grid = try #require(run.grid)
        #expect(try GridFile.field(at: url.path) == Field(grid: grid, values: try #require(run.densities.last)))
        // Its density is no array with the time for an angle, whatever it is called by.
        for name in [":/density", ""] {
            let first = try GridFile.field(at: url.path + name, time: run.times[0])
            #expect(first == Field(grid: grid, values: run.densities[0]))
        }
        #expect(try GridFile.field(at: url.path, dataset: "/density", time: nil).values == run.densities.last)
        // Other arrays are foreign: axis 0 of [time, expert] is the first.
        let field = try GridFile.field(at: url.path + ":/expert_y")
        let experts = try #require(run.experts)
        #expect(field.grid.cells == [3, experts.ensembleCount])
        #expect(field.values[2 + 3 * 1] == experts.positions[1][2][1])
        #expect(throws: ArchiveError.self) { try GridFile.field(at: url.path + ":/nothing") }
        #expect(throws: GridFileError.noOutput(name: url.path, time: 77, times: run.times)) {
            try GridFile.field(at: url.path, time: 77)
        }
        #expect(throws: GridFileError.axes(name: url.path, found: [1, 0], rank: nil)) {
            try GridFile.field(at: url.path, axes: [1, 0])
        }
        #expect(throws: GridFileError.noTimes(name: url.path + ":/x", time: 1)) {
            try GridFile.field(at: url.path + ":/x", time: 1)
        }
    }

    @Test func axesAreTurned() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try write(Self.numPy((0..<24).map(Double.init), shape: "(2, 3, 4)"), "d.npy")
        let plain = try GridFile.field(at: file)
        let turned = try GridFile.field(at: file, axes: [2, 0, 1])
        #expect(turned.grid.cells == [3, 4, 2])
        for i in 0..<2 {
            for j in 0..<3 {
                for k in 0..<4 {
                    #expect(turned.values[j + 3 * (k + 4 * i)] == plain.values[i + 2 * (j + 3 * k)])
                }
            }
        }
        let columns = try write(Self.numPy([0, 10, 1, 11, 2, 12], shape: "(2, 3)", order: "True"), "b.npy")
        #expect(try GridFile.field(at: columns, axes: [1, 0]).values == [0, 1, 2, 10, 11, 12])
        for axes in [[0], [0, 0], [1, 2], [0, 1, 2]] {
            #expect(throws: GridFileError.axes(name: columns, found: axes, rank: 2)) {
                try GridFile.field(at: columns, axes: axes)
            }
        }
    }

    @Test(arguments: [
        ("a.txt", "1,x\n", "a.txt:1: found 'x'"), ("a.csv", "1,2\n3\n", "a.csv:2: found 1 numbers"),
        ("a.csv", "", "no numbers"), ("a.csv", "# only\n", "no numbers"), ("a.dat", "1", "expected a grid"),
        ("a.npy", "1,2", "does not begin"), ("a.h5", "no", "found a file that begins"),
    ])
    func otherFilesAreRefused(name: String, text: String, part: String) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = try write(Data(text.utf8), name)
        do {
            _ = try GridFile.field(at: file)
            Issue.record("\(name) was read")
        } catch {
            #expect("\(error)".contains(part), "\(error)")
        }
    }

    @Test func brokenArraysAreRefused() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = Self.numPy([1, 2, 3], shape: "(3,)")
        for length in 0..<whole.count {
            let file = try write(whole.prefix(length), "cut.npy")
            #expect(throws: GridFileError.self) { try GridFile.field(at: file) }
        }
        for (shape, kind) in [
            ("(4,)", "<f8"), ("(-3,)", "<f8"), ("(9223372036854775807, 2)", "<f8"), ("(3,)", "|b1"), ("(3,)", "<c16"),
            ("(3,)", "|i8"),
        ] {
            let file = try write(Self.numPy([1, 2, 3], shape: shape, kind: kind), "bad.npy")
            #expect(throws: GridFileError.self, "\(shape)") { try GridFile.field(at: file) }
        }
        let missing = folder.appendingPathComponent("none.npy").path
        #expect(throws: ArchiveError.notFound(path: missing)) { try GridFile.field(at: missing) }
    }
}
