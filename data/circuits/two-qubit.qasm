OPENQASM 3.0;
include "stdgates.inc";
// Two qubits, each with an input and a trained angle, data uploaded twice.
// Observable of the experiment iris-2d: Z0 - 0.5 Z1.
input float[64] x0;
input float[64] x1;
input float[64] theta0;
input float[64] theta1;
qubit[2] q;
ry(x0) q[0];
ry(x1) q[1];
cx q[0], q[1];
ry(theta0) q[0];
ry(theta1) q[1];
cx q[0], q[1];
ry(x0) q[0];
ry(x1) q[1];
