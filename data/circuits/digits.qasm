OPENQASM 3.0;
include "stdgates.inc";
// An image of 8 x 8 grey levels as the amplitudes of six qubits: qubits 0 to 2 are the row's binary digits, 3 to 5 the column's.
//
// Qubit 0 tells the upper half from the lower one, qubit 1 the halves of each. With the observable Z0 Z1 the trained rotations choose
//
//     (cos(theta0) Z0 - sin(theta0) X0) (cos(theta1) Z1 - sin(theta1) X1):
//
// Z0 Z1 compares the ink of quarters of the image, X0 and X1 overlap each row with the one four or two below.
input angle theta0;
input angle theta1;
qubit[6] q;
ry(theta0) q[0];
ry(theta1) q[1];
