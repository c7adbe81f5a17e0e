// Written by qiskit.qasm3.dumps, Qiskit 2.6.2; see Tests/peers/write_qiskit_files.py.
OPENQASM 3.0;
include "stdgates.inc";
gate turn _gate_q_0, _gate_q_1 {
  s _gate_q_0;
  cu(0.1, 0.2, 0.3, 0.4) _gate_q_0, _gate_q_1;
}
qubit[2] q;
turn q[0], q[1];
