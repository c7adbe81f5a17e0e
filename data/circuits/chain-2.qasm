// A chain of 2 qubits, by chain.py. Each Z sees three qubits: the ladder's gates commute.
OPENQASM 3.0;
include "stdgates.inc";
input float[64] theta0;
input float[64] theta1;
input float[64] x0;
input float[64] x1;
qubit[2] q;
ry(0.5*x0) q[0];
ry(theta0) q[0];
ry(0.75*x1) q[1];
ry(theta1) q[1];
cz q[0], q[1];
ry(pi/4) q[0];
ry(pi/4) q[1];
