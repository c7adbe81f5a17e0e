OPENQASM 3.0;
// One qubit, one trained angle, one datum. The observable Z0 gives exactly cos(theta - x).
input float[64] theta;
input float[64] x;
gate ry(phi) a { U(phi, 0, 0) a; }
qubit[1] q;
ry(theta) q[0];
ry(-x) q[0];
