import Testing

@testable import Transport

@Suite("Atoms on the circle")
struct CircleAtomsTests {
    @Test("angles are wrapped and sorted, from any order")
    func sorting() throws {
        let expected = [0, 0.5, 1, 2, 3, 6]
        for angles in [[0, 0.5, 1, 2, 3, 6], [2, 3, 6, 0, 0.5, 1], [6, 0.5, 3, 0, 2, 1], [6, 3, 2, 1, 0.5, 0]] {
            let atoms = try CircleAtoms(angles: angles)
            #expect(atoms.angles == expected)
            #expect(atoms.positions.last == 2 * .pi)
        }
    }

    @Test("weights follow their atoms")
    func weights() throws {
        let orders: [(angles: [Double], weights: [Double])] = [
            ([0.5, 1, 2], [0.125, 0.25, 0.625]), ([2, 0.5, 1], [0.625, 0.125, 0.25]),
            ([1, 0.5, 2], [0.25, 0.125, 0.625]),
        ]
        for (angles, weights) in orders {
            let atoms = try CircleAtoms(angles: angles, weights: weights)
            #expect(atoms.angles == [0.5, 1, 2])
            #expect(atoms.weights == [0.125, 0.25, 0.625])
        }
    }

    @Test("angles at the ends of the period")
    func ends() throws {
        let atoms = try CircleAtoms(angles: [2 * .pi, -1e-300, -2 * .pi, 0, (2 * Double.pi).nextDown])
        #expect(atoms.angles == [0, 0, 0, 0, (2 * Double.pi).nextDown])
    }

    @Test("bad atoms are refused")
    func refusals() throws {
        #expect(throws: TransportError.noAtoms) { try CircleAtoms(angles: []) }
        #expect(throws: TransportError.nonFiniteAngle(index: 1, value: .infinity)) {
            try CircleAtoms(angles: [0, .infinity])
        }
        #expect(throws: TransportError.self) { try CircleAtoms(angles: [.nan]) }
        #expect(throws: TransportError.weightCount(found: 1, expected: 2)) {
            try CircleAtoms(angles: [0, 1], weights: [1])
        }
        #expect(throws: TransportError.negativeWeight(index: 0, value: -0.5)) {
            try CircleAtoms(angles: [0, 1], weights: [-0.5, 1.5])
        }
        #expect(throws: TransportError.nonFiniteWeight(index: 1, value: .infinity)) {
            try CircleAtoms(angles: [0, 1], weights: [0.5, .infinity])
        }
        #expect(throws: TransportError.weightSum(defect: 0.25, tolerance: 1e-10)) {
            try CircleAtoms(angles: [0, 1], weights: [0.5, 0.75])
        }
        #expect(TransportError.noAtoms.description == "found no atoms, expected at least one")
    }
}
