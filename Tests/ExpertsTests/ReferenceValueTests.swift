import Experts
import Foundation
import Testing
import Torus

/// Values and gradients against 50-digit arithmetic, and the known sizes of expansions.
@Suite struct ReferenceValueTests {
    struct Reference: Sendable {
        let file: String
        let theta: [Double]
        let x: [Double]
        let value: Double
        let gradient: [Double]
    }

    static let references = [
        Reference(
            file: "reference-a.qasm", theta: ReferenceCircuits.expert(0, count: 2), x: ReferenceCircuits.datum(0),
            value: 0.077652310240467690181, gradient: [0.00157863151261971925, 0.00608012568903234757]),
        Reference(
            file: "reference-a.qasm", theta: ReferenceCircuits.expert(7, count: 2), x: ReferenceCircuits.datum(5),
            value: 0.21165964797340427302, gradient: [0.0257239036323039334, -0.0342460842595469265]),
        Reference(
            file: "reference-a.qasm", theta: [0.1, 0.2], x: [0.3, -0.4, 0.5, -0.6],
            value: 0.24347158532142181866, gradient: [-0.0338006282011608705, -0.116530028101645821]),
        Reference(
            file: "reference-b.qasm", theta: ReferenceCircuits.expert(0, count: 8), x: ReferenceCircuits.datum(0),
            value: 0.091346649807108693453,
            gradient: [
                -0.00693818884268848773, -0.11116842100215361, -0.0709271746412267996, -0.0668770387290634559,
                -0.0335456233813806108, -0.0246434362395795524, -0.0671701065367917894, 0.100725277574086284,
            ]),
        Reference(
            file: "reference-b.qasm", theta: ReferenceCircuits.expert(7, count: 8), x: ReferenceCircuits.datum(5),
            value: 0.11048020575204208408,
            gradient: [
                0.226595750806585134, 0.0223472985010034539, 0.110594232262077828, -0.0197360405892021276,
                0.0466067202269382835, -0.0685797754418141707, 0.0197851534878216939, -0.0369468705208095924,
            ]),
        Reference(
            file: "reference-b.qasm", theta: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8], x: [0.3, -0.4, 0.5, -0.6],
            value: 0.26381510454847149379,
            gradient: [
                0.00629805148276402225, -0.116200739095459106, -0.0552317309084215176, -0.0699758926890213105,
                -0.147153909102316681, -0.00239786138170800622, -0.241755458345724054, 0.0744043680784166633,
            ]),
    ]

    /// 2e-15 is about ten roundings of numbers of size ‖O‖ = 1, for some thirty gates.
    @Test(arguments: references)
    func bothPathsMatchFiftyDigits(reference: Reference) throws {
        let circuit = try ReferenceCircuits.shipped(reference.file)
        let parameters = circuit.inputs.map(\.name).filter { $0.hasPrefix("theta") }
        let expert = try QuantumExpert(
            circuit: circuit, parameters: parameters, observable: ReferenceCircuits.meanZ(4))
        let direct = expert.valueAndGradient(parameters: reference.theta, inputs: reference.x)
        let expansion = try expert.expansion(inputs: [reference.x])
        let lifted = expansion.gradient(at: reference.theta, datum: 0)

        #expect(abs(direct.value - reference.value) <= 2e-15)
        #expect(expert.value(parameters: reference.theta, inputs: reference.x) == direct.value)
        #expect(abs(expansion.value(at: reference.theta, datum: 0) - reference.value) <= 2e-15)
        for p in reference.gradient.indices {
            #expect(abs(direct.gradient[p] - reference.gradient[p]) <= 2e-15)
            #expect(abs(lifted[p] - reference.gradient[p]) <= 2e-15)
        }
    }

    @Test(arguments: [(4, 2, 74), (8, 2, 168), (4, 3, 1452), (3, 4, 9720)])
    func knownNumbersOfMonomials(qubits: Int, layers: Int, monomials: Int) throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: qubits, layers: layers), parameters: ["theta"],
            observable: ReferenceCircuits.meanZ(qubits))
        let data = (0..<16).map { ReferenceCircuits.datum($0, count: qubits) }
        let expansion = try expert.expansion(inputs: data)
        #expect(expansion.basis.count == monomials)
        #expect(expansion.basis.monomials == expansion.basis.monomials.sorted())
        #expect(expansion.basis.harmonics.allSatisfy { $0 <= 1 })
    }

    @Test func oneQubitIsTheCosineOfTheDifference() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.shipped("one-qubit.qasm"), parameters: ["theta"], observable: PauliSum("Z0"))
        let data = [[0.0], [0.7], [-2.5], [3.0]]
        let expansion = try expert.expansion(inputs: data)
        for (index, x) in data.enumerated() {
            for theta in [0, 0.3, -1.9, 3.1, 40.0] {
                // Two roundings for every angle of the size of theta.
                let tolerance = 4e-16 * (1 + abs(theta))
                let direct = expert.valueAndGradient(parameters: [theta], inputs: x)
                #expect(abs(direct.value - cos(theta - x[0])) <= tolerance)
                #expect(abs(direct.gradient[0] + sin(theta - x[0])) <= tolerance)
                #expect(abs(expansion.value(at: [theta], datum: index) - cos(theta - x[0])) <= tolerance)
                #expect(abs(expansion.gradient(at: [theta], datum: index)[0] + sin(theta - x[0])) <= tolerance)
            }
        }
        #expect(expansion.basis.monomials.map(\.description) == ["cos(theta0)", "sin(theta0)"])
    }

    /// Data are lifted in blocks; a datum's coefficients do not depend on its company.
    @Test func expansionOfManyDataIsThatOfEach() throws {
        let expert = try QuantumExpert(
            circuit: ReferenceCircuits.ring(qubits: 3, layers: 2), parameters: ["theta"],
            observable: ReferenceCircuits.meanZ(3))
        var random = RandomNumbers(seed: 3)
        let data = (0..<70).map { _ in (0..<3).map { _ in random.uniform(-3...3) } }
        let all = try expert.expansion(inputs: data)
        for datum in [0, 31, 32, 69] {
            let alone = try expert.expansion(inputs: [data[datum]])
            #expect(alone.basis == all.basis)
            #expect(alone.coefficients == (0..<all.basis.count).map { all.coefficients[$0 * 70 + datum] })
        }
    }
}
