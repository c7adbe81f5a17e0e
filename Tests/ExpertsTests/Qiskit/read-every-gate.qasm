// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
input float[64] data_point;
input float[64] x_0;
input float[64] _θ_0_;
input float[64] _θ_1_;
input float[64] _θ_2_;
input float[64] _θ_3_;
gate sxdg _gate_q_0 {
  s _gate_q_0;
  h _gate_q_0;
  s _gate_q_0;
}
gate rxx(p0) _gate_q_0, _gate_q_1 {
  h _gate_q_0;
  h _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  h _gate_q_1;
  h _gate_q_0;
}
gate ryy(p0) _gate_q_0, _gate_q_1 {
  sxdg _gate_q_0;
  sxdg _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  sx _gate_q_0;
  sx _gate_q_1;
}
gate rzz(p0) _gate_q_0, _gate_q_1 {
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
}
gate rzx(p0) _gate_q_0, _gate_q_1 {
  h _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  h _gate_q_1;
}
gate iswap _gate_q_0, _gate_q_1 {
  s _gate_q_0;
  s _gate_q_1;
  h _gate_q_0;
  cx _gate_q_0, _gate_q_1;
  cx _gate_q_1, _gate_q_0;
  h _gate_q_1;
}
gate dcx _gate_q_0, _gate_q_1 {
  cx _gate_q_0, _gate_q_1;
  cx _gate_q_1, _gate_q_0;
}
gate ecr _gate_q_0, _gate_q_1 {
  s _gate_q_0;
  sx _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  x _gate_q_0;
}
qubit[3] q;
h q[0];
sx q[1];
sxdg q[2];
rx(_θ_0_) q[0];
ry(x_0 + 2*_θ_1_) q[1];
rz(pi/3 - _θ_2_) q[2];
barrier q[0], q[1], q[2];
U(_θ_0_, x_0/3, 0.1) q[1];
p(-x_0) q[1];
rxx(_θ_1_) q[0], q[1];
ryy(_θ_3_) q[2], q[0];
rzz(3*_θ_2_ - 0.25*data_point) q[1], q[2];
rzx(_θ_3_) q[0], q[2];
barrier q[0], q[2];
cp(_θ_0_ - _θ_1_) q[0], q[2];
crx(x_0) q[0], q[1];
cry(1 + data_point/2) q[1], q[2];
crz((-1.5)*x_0) q[2], q[0];
cy q[0], q[2];
cz q[1], q[0];
cx q[2], q[1];
swap q[0], q[2];
iswap q[1], q[2];
dcx q[0], q[1];
ecr q[0], q[2];
s q[0];
sdg q[1];
t q[2];
tdg q[0];
x q[0];
y q[1];
z q[2];
id q[1];
ry(0.5 + _θ_3_) q[0];
