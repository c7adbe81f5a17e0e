// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
input float[64] _x_0_;
input float[64] _x_1_;
input float[64] _x_2_;
input float[64] _θ_0_;
input float[64] _θ_1_;
input float[64] _θ_2_;
input float[64] _θ_3_;
input float[64] _θ_4_;
input float[64] _θ_5_;
input float[64] _θ_6_;
input float[64] _θ_7_;
input float[64] _θ_8_;
gate features(_x_0_, _x_1_, _x_2_) _gate_q_0, _gate_q_1, _gate_q_2 {
  h _gate_q_0;
  p(2*_x_0_) _gate_q_0;
  h _gate_q_1;
  p(2*_x_1_) _gate_q_1;
  h _gate_q_2;
  p(2*_x_2_) _gate_q_2;
  cx _gate_q_0, _gate_q_1;
  p(_x_0_ - _x_1_/2) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  cx _gate_q_1, _gate_q_2;
  p(_x_1_ - _x_2_/2) _gate_q_2;
  cx _gate_q_1, _gate_q_2;
}
gate RealAmplitudes(_θ_0_, _θ_1_, _θ_2_, _θ_3_, _θ_4_, _θ_5_, _θ_6_, _θ_7_, _θ_8_) _gate_q_0, _gate_q_1, _gate_q_2 {
  ry(_θ_0_) _gate_q_0;
  ry(_θ_1_) _gate_q_1;
  ry(_θ_2_) _gate_q_2;
  cx _gate_q_1, _gate_q_2;
  cx _gate_q_0, _gate_q_1;
  ry(_θ_3_) _gate_q_0;
  ry(_θ_4_) _gate_q_1;
  ry(_θ_5_) _gate_q_2;
  cx _gate_q_1, _gate_q_2;
  cx _gate_q_0, _gate_q_1;
  ry(_θ_6_) _gate_q_0;
  ry(_θ_7_) _gate_q_1;
  ry(_θ_8_) _gate_q_2;
}
qubit[3] q;
features(_x_0_, _x_1_, _x_2_) q[0], q[1], q[2];
RealAmplitudes(_θ_0_, _θ_1_, _θ_2_, _θ_3_, _θ_4_, _θ_5_, _θ_6_, _θ_7_, _θ_8_) q[0], q[1], q[2];
