OPENQASM 3.0;
include "stdgates.inc";
// Reference circuit B: 4 qubits, 2 layers with data uploaded in each, 8 trained angles; 74 monomials.
// Observable: 0.25 Z0 + 0.25 Z1 + 0.25 Z2 + 0.25 Z3.
input float[64] x0;
input float[64] x1;
input float[64] x2;
input float[64] x3;
input float[64] theta0;
input float[64] theta1;
input float[64] theta2;
input float[64] theta3;
input float[64] theta4;
input float[64] theta5;
input float[64] theta6;
input float[64] theta7;
qubit[4] q;
// Layer 0: data, trained angles, ring of CZ.
rx(x0) q[0];
rx(x1) q[1];
rx(x2) q[2];
rx(x3) q[3];
ry(theta0) q[0];
ry(theta1) q[1];
ry(theta2) q[2];
ry(theta3) q[3];
cz q[0], q[1];
cz q[1], q[2];
cz q[2], q[3];
cz q[3], q[0];
// Layer 1: data, trained angles, ring of CZ.
rx(x0) q[0];
rx(x1) q[1];
rx(x2) q[2];
rx(x3) q[3];
ry(theta4) q[0];
ry(theta5) q[1];
ry(theta6) q[2];
ry(theta7) q[3];
cz q[0], q[1];
cz q[1], q[2];
cz q[2], q[3];
cz q[3], q[0];
rx(pi/3) q;
