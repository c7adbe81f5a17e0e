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
        for kind in ["<f8", ">f8", "<f4"] {
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
        #expect(try GridFile.field(at: url.path) == Field(grid: run.grid, values: try #require(run.densities.last)))
        // As a foreign array: axis 0 is the first of [time, y, x].
        let field = try GridFile.field(at: url.path + ":/density")
        #expect(field.grid.cells == [3, 4, 5])
        #expect(field.values[2] == run.densities[2][0] && field.values[2 + 3 * 1] == run.densities[2][5])
        #expect(throws: ArchiveError.self) { try GridFile.field(at: url.path + ":/nothing") }
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
        for (shape, kind) in [("(4,)", "<f8"), ("(-3,)", "<f8"), ("(9223372036854775807, 2)", "<f8"), ("(3,)", "<i8")] {
            let file = try write(Self.numPy([1, 2, 3], shape: shape, kind: kind), "bad.npy")
            #expect(throws: GridFileError.self, "\(shape)") { try GridFile.field(at: file) }
        }
        let missing = folder.appendingPathComponent("none.npy").path
        #expect(throws: ArchiveError.notFound(path: missing)) { try GridFile.field(at: missing) }
    }
}
