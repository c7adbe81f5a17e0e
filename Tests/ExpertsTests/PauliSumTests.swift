import Experts
import Testing

@Suite struct PauliSumTests {
    static func term(_ coefficient: Double, x: UInt64 = 0, z: UInt64 = 0) -> PauliSum.Term {
        .init(PauliString(x: x, z: z), coefficient)
    }

    @Test(arguments: [
        ("Z0", [term(1, z: 1)]),
        ("-Z0", [term(-1, z: 1)]),
        ("+ 2 Z0", [term(2, z: 1)]),
        ("0.25 Z0 + 0.5 X1 Z2", [term(0.25, z: 1), term(0.5, x: 2, z: 4)]),
        ("0.25*Z0 - .5 X1Z2", [term(0.25, z: 1), term(-0.5, x: 2, z: 4)]),
        ("0.25*Z0*X1 - Y0 * Z2", [term(0.25, x: 2, z: 1), term(-1, x: 1, z: 5)]),
        ("1e-3 Y3 − 2.E1 X0", [term(-20, x: 1), term(1e-3, x: 8, z: 8)]),
        ("Z0 + Z0 - X0", [term(2, z: 1), term(-1, x: 1)]),
        ("0.5 I + Z63", [term(0.5), term(1, z: 1 << 63)]),
        ("0.5 - Z0", [term(0.5), term(-1, z: 1)]),
    ])
    func textForms(text: String, terms: [PauliSum.Term]) throws {
        let sum = try PauliSum(text)
        #expect(sum == (try PauliSum(terms: terms)))
        #expect(try PauliSum(sum.description) == sum)
    }

    @Test func mapFormIsTheTextForm() throws {
        #expect(
            try PauliSum(["Z0": 0.5, "X1 Z2": 0.5, "Y3": -1]) == PauliSum("0.5 Z0 + 0.5 X1 Z2 - Y3"))
        #expect(try PauliSum(["X1 Z2": 0.5, "Z2 X1": 0.25]) == PauliSum("0.75 X1 Z2"))
        #expect(try PauliSum("0.25 Z0 - 0.5 X1 Z2").norm == 0.75)
        #expect(try PauliSum("0.25 Z0 - 0.5 X1 Z2").width == 3)
    }

    @Test(arguments: [
        ("", PauliSumError.empty),
        ("  ", .empty),
        ("Z0 Z0", .repeatedQubit(0, in: "Z0 Z0")),
        ("X1 Z2 Y1", .repeatedQubit(1, in: "X1 Z2 Y1")),
        ("Z4096", .qubitOutOfRange("4096", in: "Z4096", largest: 4095)),
        ("Z99999999999999999999", .qubitOutOfRange("99999999999999999999", in: "Z99999999999999999999", largest: 4095)),
        (
            "Z0 + A1",
            .notUnderstood(found: "'A'", column: 6, expected: "a Pauli string such as 'X1 Z2'", in: "Z0 + A1")
        ),
        ("Z", .notUnderstood(found: "the end", column: 2, expected: "the index of a qubit, as in Z0", in: "Z")),
        ("Z0 +", .notUnderstood(found: "the end", column: 5, expected: "a Pauli string such as 'X1 Z2'", in: "Z0 +")),
        (
            "z0", .notUnderstood(found: "'z'", column: 1, expected: "a Pauli string such as 'X1 Z2'", in: "z0")
        ),
        (
            "Z0 1",
            .notUnderstood(found: "'1'", column: 4, expected: "X, Y or Z with a qubit, '+', '-' or the end", in: "Z0 1")
        ),
        (
            "Z0 * 2",
            .notUnderstood(found: "'2'", column: 6, expected: "X, Y or Z with a qubit after '*'", in: "Z0 * 2")
        ),
        ("1e999 Z0", .notFinite("1e999 Z0", .infinity)),
    ])
    func refusedTexts(text: String, error: PauliSumError) {
        #expect(throws: error) { try PauliSum(text) }
    }

    @Test func refusedMaps() {
        #expect(throws: PauliSumError.empty) { try PauliSum([:]) }
        #expect(throws: PauliSumError.notFinite("Z0", .infinity)) { try PauliSum(["Z0": .infinity]) }
        #expect(throws: PauliSumError.self) { try PauliSum(["Z0": .nan]) }
        #expect(throws: PauliSumError.repeatedQubit(2, in: "X2 Z2")) { try PauliSum(["X2 Z2": 1]) }
        #expect(throws: PauliSumError.self) { try PauliSum(["0.5 Z0": 1]) }
        #expect(throws: PauliSumError.self) { try PauliSum(["": 1]) }
        #expect(throws: PauliSumError.self) {
            try PauliSum(terms: [Self.term(.greatestFiniteMagnitude, z: 1), Self.term(.greatestFiniteMagnitude, z: 1)])
        }
    }

    @Test(arguments: [UInt64](1...20))
    func anyTextIsReadOrRefused(seed: UInt64) {
        var random = RandomNumbers(seed: seed)
        let alphabet = Array("XYZI0123456789.eE+-−* \t\u{0}é\r\n")
        for _ in 0..<500 {
            let text = String((0..<random.integer(0..<12)).map { _ in random.element(alphabet) })
            do {
                let sum = try PauliSum(text)
                #expect(try PauliSum(sum.description) == sum, "\(text)")
            } catch {
                #expect(error is PauliSumError, "\(text)")
            }
        }
    }
}
