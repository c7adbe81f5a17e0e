// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
qubit[2] q;
h q[0];
c[0] = measure q[0];
c[1] = measure q[1];
