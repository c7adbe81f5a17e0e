import Experts
import Torus
import Training

/// Two qubits with an entangling gate between two layers of data, two trained angles, targets ±0.3.
enum TwoQubits {
    static func problem() throws -> MeanFieldProblem {
        let circuit = try OpenQASMReader.read(
            """
            OPENQASM 3.0;
            include "stdgates.inc";
            input float[64] x0;
            input float[64] x1;
            input float[64] theta0;
            input float[64] theta1;
            qubit[2] q;
            rx(x0) q[0];
            rx(x1) q[1];
            ry(theta0) q[0];
            ry(theta1) q[1];
            cz q[0], q[1];
            rx(x0) q[0];
            rx(x1) q[1];
            ry(pi/4) q;
            cz q[0], q[1];
            rx(pi/3) q;
            """)
        let expert = try QuantumExpert(
            circuit: circuit, parameters: ["theta0", "theta1"], observable: PauliSum("0.5 Z0 + 0.5 Z1"))
        return try MeanFieldProblem(
            expert: expert,
            trainingSet: TrainingSet(
                inputNames: expert.inputNames,
                training: .init(
                    inputs: [[0.2, 1.1], [1.4, 0.5], [2.3, 2.9], [0.9, 2.2], [2.8, 0.3], [1.9, 1.6]],
                    targets: [0.3, -0.3, 0.3, -0.3, -0.3, 0.3])))
    }
}
