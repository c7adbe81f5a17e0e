// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
input float[64] _x_0_;
input float[64] _x_1_;
qubit _qubit0;
qubit _qubit1;
h _qubit0;
h _qubit1;
p(2*_x_0_) _qubit0;
p(2*_x_1_) _qubit1;
cx _qubit0, _qubit1;
p(_x_0_*_x_1_*2) _qubit1;
cx _qubit0, _qubit1;
