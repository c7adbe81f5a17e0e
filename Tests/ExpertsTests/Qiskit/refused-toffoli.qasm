// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
h q[0];
ccx q[0], q[1], q[2];
