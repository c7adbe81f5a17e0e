OPENQASM 3.0;
include "stdgates.inc";
// The circuit of two-qubit.qasm without its entangling gates: two experts of one qubit, added.
input float[64] x0;
input float[64] x1;
input float[64] theta0;
input float[64] theta1;
qubit[2] q;
ry(x0) q[0];
ry(x1) q[1];
ry(theta0) q[0];
ry(theta1) q[1];
ry(x0) q[0];
ry(x1) q[1];
