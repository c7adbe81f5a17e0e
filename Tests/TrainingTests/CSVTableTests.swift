import Foundation
import Testing

@testable import Training

@Suite("Tables")
struct CSVTableTests {
    private let files = TemporaryFiles()

    private func table(_ text: String) throws -> CSVTable { try CSVTable(text: text, path: "t.csv") }

    @Test("cells by name, whatever the order of the columns")
    func order() throws {
        for text in ["x,y,species\n1,2,a\n3,4,b\n", "species,y,x\na,2,1\nb,4,3\n"] {
            let table = try table(text)
            let (x, y, species) = try (table.index(of: "x"), table.index(of: "y"), table.index(of: "species"))
            #expect(try (0..<2).map { try table.number(row: $0, column: x) } == [1, 3])
            #expect(try (0..<2).map { try table.number(row: $0, column: y) } == [2, 4])
            #expect(table.rows.map { $0[species] } == ["a", "b"])
            #expect(table.lines == [2, 3])
        }
    }

    @Test("quoted cells keep delimiters, quotes and newlines, and lines are still counted")
    func quotes() throws {
        let table = try table("\"a, b\",c\n\"one, two\",1\n\"say \"\"hi\"\"\",2\n\"first\nsecond\",3\n,4\n")
        #expect(table.header == ["a, b", "c"])
        #expect(table.rows == [["one, two", "1"], ["say \"hi\"", "2"], ["first\nsecond", "3"], ["", "4"]])
        #expect(table.lines == [2, 3, 4, 6])
    }

    @Test("a header on two lines moves the rows down")
    func tallHeader() throws {
        let table = try table("\"length\n(cm)\",y\n1,2\n")
        #expect(table.header == ["length\n(cm)", "y"])
        #expect(table.lines == [3])
    }

    @Test("line ends of all systems", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(_ end: String) throws {
        let table = try table(["x,y", "1,2", "", "\"a\(end)b\",4", "5,6"].joined(separator: end))
        #expect(table.rows == [["1", "2"], ["a\(end)b", "4"], ["5", "6"]])
        #expect(table.lines == [2, 4, 6])
    }

    @Test("a byte order mark is no part of the first name", arguments: ["x,y\n1,2\n", "\"x\",y\n1,2\n"])
    func byteOrderMark(_ text: String) throws {
        let file = try files.file("\u{FEFF}" + text)
        let table = try CSVTable(contentsOf: file)
        #expect(table.header == ["x", "y"])
        #expect(table.path == file.path)
        #expect(try CSVTable(text: "\u{FEFF}" + text, path: "").header == ["x", "y"])
    }

    @Test("semicolons and tabs separate too, and blanks around cells do not matter to numbers")
    func delimiters() throws {
        for delimiter in [";", "\t", ","] {
            let table = try table([" x ", "y\n 1 ", "\"2\"\n"].joined(separator: delimiter))
            #expect(table.header == ["x", "y"])
            #expect(try table.number(row: 0, column: 0) == 1)
            #expect(try table.number(row: 0, column: 1) == 2)
        }
        // The header decides: these commas are parts of cells.
        #expect(try self.table("x;y\na,b;c\n").rows == [["a,b", "c"]])
    }

    @Test("blank lines are passed over, and counted")
    func blankLines() throws {
        let table = try table("x,y\n\n1,2\n   \n\n3,4\n\n")
        #expect(table.rows == [["1", "2"], ["3", "4"]])
        #expect(table.lines == [3, 6])
    }

    @Test("an empty last cell is a cell, with and without a newline at the end")
    func emptyLastCell() throws {
        for text in ["x,y\n1,", "x,y\n1,\n", "x,y\n1,\"\""] { #expect(try table(text).rows == [["1", ""]]) }
    }

    @Test("numbers in the forms that programs write")
    func numbers() throws {
        let table = try table("x\n1\n-2.5\n+3e-4\n.5\n6E+02\n1.5707963267948966\n")
        #expect(
            try table.rows.indices.map { try table.number(row: $0, column: 0) } == [
                1, -2.5, 3e-4, 0.5, 600, .pi / 2,
            ])
    }

    @Test(
        "a cell that is no finite number is named by file, line and column",
        arguments: ["NaN", "nan", "inf", "-Infinity", "1e999", "", " ", "five", "1,5", "1 2", "1.0cm"])
    func notNumbers(_ cell: String) throws {
        let table = try table("note,x,y\n\"two\nlines\",1,2\nb,\"\(cell)\",4\n")
        let error = CSVError.notANumber(
            path: "t.csv", line: 4, column: "x", found: cell.trimmingCharacters(in: .whitespaces))
        #expect(throws: error) { try table.number(row: 1, column: 1) }
        #expect(error.description.hasPrefix("t.csv:4: column 'x': found "))
    }

    @Test("a row with too few or too many cells is named by its line")
    func raggedRows() {
        for (row, found) in [("1", 1), ("1,2,3,4", 4), ("1,2,3,", 4)] {
            #expect(throws: CSVError.raggedRow(path: "t.csv", line: 5, found: found, expected: 3)) {
                try table("x,y,z\n\"a\nb\",2,3\n\n\(row)\n7,8,9\n")
            }
        }
    }

    @Test("quotes that do not pair up are named by the line of their row")
    func badQuotes() {
        for text in ["x,s\n1,a\n\n2,\"b\n3,c\n4,d\n", "x,s\n1,a\n\n2,\"", "x,s\n\"1\",a\n\n2,\"b\"\"\n"] {
            #expect(throws: CSVError.openQuote(path: "t.csv", line: 4)) { try table(text) }
        }
        for text in ["x,s\n1,a\n\n2,\"b\"c\n", "x,s\n1,a\n\n2,5\" wide\n", "x,s\n1,\"a\"\n\n2,\"b\n3,\"c\"\n"] {
            #expect(throws: CSVError.strayQuote(path: "t.csv", line: 4)) { try table(text) }
        }
        #expect(throws: CSVError.openQuote(path: "t.csv", line: 1)) { try table("x,\"s\n1,2\n3,4\n") }
    }

    @Test("a table needs a header, each name once, and a row")
    func headers() {
        for text in ["", "\n", "\n\n", ",,\n1,2,3\n"] {
            #expect(throws: CSVError.noHeader(path: "t.csv")) { try table(text) }
        }
        for text in ["x,y", "x,y\n", "x,y\n\n  \n"] {
            #expect(throws: CSVError.noRows(path: "t.csv")) { try table(text) }
        }
        #expect(throws: CSVError.repeatedColumn(path: "t.csv", name: "x")) { try table("x,y, x\n1,2,3\n") }
        #expect(throws: CSVError.unknownColumn(path: "t.csv", name: "z", header: ["x", "y"])) {
            try table("x,y\n1,2\n").index(of: "z")
        }
        #expect(
            CSVError.unknownColumn(path: "t.csv", name: "petal", header: ["sepal", "metal", "y"]).description
                == "t.csv:1: no column 'petal': did you mean 'metal'? the columns are sepal, metal, y")
    }

    @Test("a file that is missing, a folder, or not UTF-8 is refused by its name")
    func unreadableFiles() throws {
        let missing = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        #expect(throws: CSVError.unreadable(path: missing.path)) { try CSVTable(contentsOf: missing) }
        #expect(throws: CSVError.unreadable(path: "data.csv")) { try CSVTable(contentsOf: missing, named: "data.csv") }
        let folder = FileManager.default.temporaryDirectory
        #expect(throws: CSVError.unreadable(path: folder.path)) { try CSVTable(contentsOf: folder) }
        // ISO 8859-1.
        let latin = try files.file(Data([0x78, 0x0A, 0xE9, 0x0A]))
        #expect(throws: CSVError.notText(path: latin.path)) { try CSVTable(contentsOf: latin) }
    }
}
