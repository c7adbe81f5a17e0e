// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
input float[64] input_0;
input float[64] _weights_0_;
input float[64] _weights_1_;
gate rxx(p0) _gate_q_0, _gate_q_1 {
  h _gate_q_0;
  h _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  rz(p0) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  h _gate_q_1;
  h _gate_q_0;
}
gate block(input_0) _gate_q_0, _gate_q_1 {
  ry(input_0) _gate_q_0;
  rxx(2*input_0) _gate_q_0, _gate_q_1;
}
gate block_1(_gate_p_0) _gate_q_0, _gate_q_1 {
  ry(0.75) _gate_q_0;
  rxx(1.5) _gate_q_0, _gate_q_1;
}
gate _my_layer(input_0) _gate_q_0, _gate_q_1, _gate_q_2 {
  block(input_0) _gate_q_0, _gate_q_1;
  cx _gate_q_1, _gate_q_2;
  block_1(0.75) _gate_q_2, _gate_q_0;
}
gate block_0(_weights_0_) _gate_q_0, _gate_q_1 {
  ry(_weights_0_) _gate_q_0;
  rxx(2*_weights_0_) _gate_q_0, _gate_q_1;
}
gate block_2(_gate_p_0) _gate_q_0, _gate_q_1 {
  ry(0.75) _gate_q_0;
  rxx(1.5) _gate_q_0, _gate_q_1;
}
gate _my_layer_1(_weights_0_) _gate_q_0, _gate_q_1, _gate_q_2 {
  block_0(_weights_0_) _gate_q_0, _gate_q_1;
  cx _gate_q_1, _gate_q_2;
  block_2(0.75) _gate_q_2, _gate_q_0;
}
gate block_3(_weights_1_) _gate_q_0, _gate_q_1 {
  ry(_weights_1_) _gate_q_0;
  rxx(2*_weights_1_) _gate_q_0, _gate_q_1;
}
gate block_4(_gate_p_0) _gate_q_0, _gate_q_1 {
  ry(0.75) _gate_q_0;
  rxx(1.5) _gate_q_0, _gate_q_1;
}
gate _my_layer_2(_weights_1_) _gate_q_0, _gate_q_1, _gate_q_2 {
  block_3(_weights_1_) _gate_q_0, _gate_q_1;
  cx _gate_q_1, _gate_q_2;
  block_4(0.75) _gate_q_2, _gate_q_0;
}
qubit[3] q;
h q[0];
h q[1];
h q[2];
_my_layer(input_0) q[0], q[1], q[2];
_my_layer_1(_weights_0_) q[2], q[0], q[1];
_my_layer_2(_weights_1_) q[1], q[2], q[0];
