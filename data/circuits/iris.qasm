OPENQASM 3.0;
include "stdgates.inc";
// Two petals, two qubits, one trained angle. x0: petal length, x1: petal width, both mapped onto [0, pi].
//
// The encoding turns qubit 0 to <Z> = cos(x0), <X> = sin(x0) and qubit 1 to <Z> = cos(x1); cz multiplies the <X> of
// qubit 0 by cos(x1). The trained rotation chooses the direction in which Z0 reads qubit 0, and leaves qubit 1 alone:
//
//     <Z0> = cos(x0) cos(theta0) - sin(x0) cos(x1) sin(theta0),      <Z1> = cos(x1).
//
// With the observable Z0 - 0.1 Z1 an expert is a(x) + Re(c(x) exp(-i theta0)):
//
//     a = -0.1 cos(x1),   Re c = cos(x0),   Im c = -sin(x0) cos(x1).
//
// Why this separates versicolor from virginica: the cosine falls from 1 for the smallest petal to -1 for the largest.
// Re c decides by the length where the length is far from the middle; Im c hands the flowers of middling length, where
// sin(x0) is near 1 and the species overlap, to the width; a leans the same way, whatever the angle. One expert mixes
// Re c and Im c on the unit circle only; a mixture of experts, by z anywhere in the disk.
input float[64] x0;
input float[64] x1;
input float[64] theta0;
qubit[2] q;
ry(x0) q[0];
ry(x1) q[1];
cz q[0], q[1];
ry(theta0) q[0];
