import Testing

@testable import kac

@Suite struct MeasuredTests {
    @Test(
        arguments: [
            (0.5417, 0.00996, "0.542(10)"), (0.3341, 0.00533, "0.3341(53)"), (0.002009, 0.0000648, "0.002009(65)"),
            (12.0, 3.4, "12.0(34)"), (1234.0, 56.0, "1234(56)"), (0, 0, "0"), (1.5, .nan, "1.5"), (.nan, 1, "-"),
            (1e-20, 1e-21, "1e-20 ± 1e-21"), (-0.25, 0.1, "-0.25(10)"),
        ] as [(Double, Double, String)]) func valuesCarryTheirErrorInTheLastDigits(
            value: Double, error: Double, text: String
        )
    {
        #expect(Measured.text(value, error: error) == text)
    }

    @Test(
        arguments: [
            ("pi", Double.pi), ("-pi/2", -.pi / 2), ("2*pi", 2 * .pi), ("3*pi/4", 3 * .pi / 4), ("1e-3", 1e-3),
            (".5", 0.5),
            ("+0.25", 0.25), (" 1 ", 1),
        ] as [(String, Double)]) func anglesAreReadAsPeopleWriteThem(text: String, value: Double)
    {
        #expect(AngleText.number(text).map { abs($0 - value) <= value.ulp.magnitude } == true)
    }

    @Test(arguments: ["", "nan", "inf", "0x10", "pi/0", "1e999", "--1", "2*", "*2", "tau", "1,5", "1 2"])
    func otherTextsAreNoAngles(text: String) {
        #expect(AngleText.number(text) == nil)
    }
}
