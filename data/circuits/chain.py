"""Writes chain-2.qasm … chain-100.qasm: chains of qubits that turn by two data and two trained angles, entangled by a ladder of controlled
phases. Prints the observable of each, the mean of Z, as the studies have it."""

SIZES = (2, 10, 30, 100)

for size in SIZES:
    with open(f"chain-{size}.qasm", "w") as file:
        file.write(f"// A chain of {size} qubits, by chain.py. Each Z sees three qubits: the ladder's gates commute.\n")
        file.write('OPENQASM 3.0;\ninclude "stdgates.inc";\n')
        file.write("input float[64] theta0;\ninput float[64] theta1;\ninput float[64] x0;\ninput float[64] x1;\n")
        file.write(f"qubit[{size}] q;\n")
        for qubit in range(size):
            # Every qubit sees the data in its own way.
            file.write(f"ry({0.5 + 0.5 * qubit / size:.4g}*x{qubit % 2}) q[{qubit}];\n")
            file.write(f"ry(theta{qubit % 2}) q[{qubit}];\n")
        for qubit in range(size - 1):
            file.write(f"cz q[{qubit}], q[{qubit + 1}];\n")
        for qubit in range(size):
            file.write(f"ry(pi/4) q[{qubit}];\n")
    print(f"chain-{size}.qasm:", " + ".join(f"{1 / size:.4g} Z{qubit}" for qubit in range(size)))
