// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
input float[64] data_point;
input float[64] _θ_0_;
input float[64] _θ_1_;
input float[64] _θ_2_;
gate turn _gate_q_0, _gate_q_1, _gate_q_2 {
  s _gate_q_0;
  cu(0.1, 0.2, 0.3, 0.4) _gate_q_0, _gate_q_1;
  ccx _gate_q_2, _gate_q_0, _gate_q_1;
}
gate ccz _gate_q_0, _gate_q_1, _gate_q_2 {
  h _gate_q_2;
  ccx _gate_q_0, _gate_q_1, _gate_q_2;
  h _gate_q_2;
}
qubit[3] q;
ry(0.3 - _θ_0_) q[0];
ry(1.3 - _θ_1_) q[1];
ry(2.3 - _θ_2_) q[2];
ch q[0], q[2];
cu(0.1 + data_point/2, _θ_0_, data_point - 2*_θ_1_, -0.2 + _θ_2_) q[1], q[0];
turn q[2], q[0], q[1];
cswap q[1], q[2], q[0];
ccz q[0], q[2], q[1];
h q[0];
h q[1];
h q[2];
ccx q[0], q[1], q[2];
