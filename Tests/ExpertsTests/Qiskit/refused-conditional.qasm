// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
bit[1] b;
qubit[2] q;
h q[0];
if (b == 1) {
  x q[1];
}
