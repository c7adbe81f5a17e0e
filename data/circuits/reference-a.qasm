OPENQASM 3.0;
include "stdgates.inc";
// Reference circuit A: circuit B with the trained angles (theta0, theta1, 0, 0, pi/4, pi/4, pi/4, pi/4).
// Observable: 0.25 Z0 + 0.25 Z1 + 0.25 Z2 + 0.25 Z3.
input float[64] x0;
input float[64] x1;
input float[64] x2;
input float[64] x3;
input float[64] theta0;
input float[64] theta1;
qubit[4] q;
// Layer 0: data, trained angles, ring of CZ.
rx(x0) q[0];
rx(x1) q[1];
rx(x2) q[2];
rx(x3) q[3];
ry(theta0) q[0];
ry(theta1) q[1];
ry(0) q[2];
ry(0) q[3];
cz q[0], q[1];
cz q[1], q[2];
cz q[2], q[3];
cz q[3], q[0];
// Layer 1: data, trained angles, ring of CZ.
rx(x0) q[0];
rx(x1) q[1];
rx(x2) q[2];
rx(x3) q[3];
ry(pi/4) q[0];
ry(pi/4) q[1];
ry(pi/4) q[2];
ry(pi/4) q[3];
cz q[0], q[1];
cz q[1], q[2];
cz q[2], q[3];
cz q[3], q[0];
rx(pi/3) q;
