// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
qubit[1] q;
for int _ in [0:2] {
  rx(0.1) q[0];
}
