"""Write Tests/ExpertsTests/Qiskit: circuits as qiskit.qasm3.dumps writes them, with the values that Qiskit computes.

Usage: .venv-peers/bin/python Tests/peers/write_qiskit_files.py

`read-*.qasm` are in the subset that kac reads; values.json has, for each of them, an observable, values of all inputs
and the expectation value by Statevector. `refused-*.qasm` are outside it. The files are kept, so that the tests need no
Python; this script says how they were made, and makes them anew for another version of Qiskit.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import qiskit
from qiskit import QuantumCircuit, qasm3, transpile
from qiskit.circuit import ClassicalRegister, Parameter, ParameterVector, QuantumRegister
from qiskit.circuit.library import efficient_su2, n_local, real_amplitudes, zz_feature_map
from qiskit.quantum_info import SparsePauliOp, Statevector

FOLDER = Path(__file__).resolve().parent.parent / "ExpertsTests" / "Qiskit"


def every_gate():
    """Every gate that kac knows, and some that Qiskit defines by others; sums, products and quotients in angles."""
    t, x, y = ParameterVector("θ", 4), Parameter("x"), Parameter("data_point")
    c = QuantumCircuit(3, name="every gate", global_phase=0.3)
    c.h(0)
    c.sx(1)
    c.sxdg(2)
    c.rx(t[0], 0)
    c.ry(2 * t[1] + x, 1)
    c.rz(np.pi / 3 - t[2], 2)
    c.barrier()
    c.u(t[0], x / 3, 0.1, 1)
    c.p(-x, 1)
    c.rxx(t[1], 0, 1)
    c.ryy(t[3], 2, 0)
    c.rzz(3 * t[2] - y * 0.25, 1, 2)
    c.rzx(t[3], 0, 2)
    c.barrier(0, 2)
    c.cp(t[0] - t[1], 0, 2)
    c.crx(x, 0, 1)
    c.cry(y / 2 + 1, 1, 2)
    c.crz(-1.5 * x, 2, 0)
    c.cy(0, 2)
    c.cz(1, 0)
    c.cx(2, 1)
    c.swap(0, 2)
    c.iswap(1, 2)
    c.dcx(0, 1)
    c.ecr(0, 2)
    c.s(0)
    c.sdg(1)
    c.t(2)
    c.tdg(0)
    c.x(0)
    c.y(1)
    c.z(2)
    c.id(1)
    c.ry(t[3] + 0.5, 0)
    return c


def custom_gates():
    """Gates of one's own, one inside the other, with the same name for different angles."""
    a, b, x = Parameter("a"), Parameter("b"), Parameter("input")
    inner = QuantumCircuit(2, name="block")
    inner.ry(a, 0)
    inner.rxx(2 * a, 0, 1)
    outer = QuantumCircuit(3, name="my layer")
    outer.append(inner.to_gate({a: b}), [0, 1])
    outer.cx(1, 2)
    outer.append(inner.to_gate({a: 0.75}), [2, 0])
    t = ParameterVector("weights", 2)
    c = QuantumCircuit(3)
    c.h([0, 1, 2])
    c.append(outer.to_gate({b: x}), [0, 1, 2])
    c.append(outer.to_gate({b: t[0]}), [2, 0, 1])
    c.append(outer.to_gate({b: t[1]}), [1, 2, 0])
    return c


def classifier():
    """A feature map and a trained part, as in Qiskit's machine learning; wrapped into gates of their own."""
    x = ParameterVector("x", 3)
    features = QuantumCircuit(3, name="features")
    for qubit in range(3):
        features.h(qubit)
        features.p(2 * x[qubit], qubit)
    for a, b in [(0, 1), (1, 2)]:
        features.cx(a, b)
        features.p(x[a] - x[b] / 2, b)
        features.cx(a, b)
    c = QuantumCircuit(3)
    c.append(features.to_gate(), range(3))
    c.append(real_amplitudes(3, reps=2).to_gate(), range(3))
    return c


def transpiled():
    """For a device: a basis of few gates, angles as sums, a coupling map."""
    c = efficient_su2(4, reps=1, entanglement="circular")
    x = ParameterVector("x", 4)
    full = QuantumCircuit(4)
    for qubit in range(4):
        full.ry(x[qubit], qubit)
    return transpile(full.compose(c), basis_gates=["rz", "sx", "x", "cx"], optimization_level=1, seed_transpiler=1)


def registers():
    """Two registers, and numbers that are no parameters."""
    a, b = QuantumRegister(2, "left"), QuantumRegister(3, "right")
    c = QuantumCircuit(a, b)
    t = ParameterVector("φ", 5)
    for qubit in range(5):
        c.rx(t[qubit], qubit)
    c.cx(a[0], b[2])
    c.cz(a[1], b[0])
    c.rz(-7 * np.pi / 16, b[1])
    c.ry(1e-5, a[0])
    c.rx(1.5e10, b[2])
    c.barrier(a)
    c.cp(np.pi / 2, b[0], b[1])
    return c


def bound():
    """Every parameter bound: no input at all."""
    c = n_local(3, ["ry", "rz"], "cz", entanglement="full", reps=2)
    rng = np.random.default_rng(11)
    return c.assign_parameters(rng.uniform(-7, 7, c.num_parameters))


def undecomposed(circuit, name):
    """The circuit as one gate."""
    c = QuantumCircuit(circuit.num_qubits)
    gate = circuit.to_gate()
    gate.name = name
    c.append(gate, range(circuit.num_qubits))
    return c


def controlled():
    """Controlled gates that are products of others, also inside the definition of a gate."""
    t, x = ParameterVector("θ", 3), Parameter("data_point")
    inner = QuantumCircuit(3, name="turn")
    inner.s(0)
    inner.cu(0.1, 0.2, 0.3, 0.4, 0, 1)
    inner.ccx(2, 0, 1)
    c = QuantumCircuit(3)
    for qubit in range(3):
        c.ry(0.3 + qubit - t[qubit], qubit)
    c.ch(0, 2)
    c.cu(x / 2 + 0.1, t[0], -2 * t[1] + x, t[2] - 0.2, 1, 0)
    c.append(inner.to_gate(), [2, 0, 1])
    c.cswap(1, 2, 0)
    c.ccz(0, 2, 1)
    c.h([0, 1, 2])
    c.ccx(0, 1, 2)
    return c


READ = {
    "every-gate": (every_gate(), {"ZII": 0.5, "XYZ": -0.75, "IYI": 0.3}),
    "custom-gates": (custom_gates(), {"ZZI": 1.0, "IIX": 0.25}),
    "classifier": (classifier(), {"ZZZ": 1.0}),
    "real-amplitudes": (real_amplitudes(4, reps=2), {"ZIII": 0.5, "IIXX": 0.5}),
    "efficient-su2": (efficient_su2(3, reps=2, entanglement="linear"), {"ZII": 1.0, "IXY": 0.5}),
    "efficient-su2-as-gate": (undecomposed(efficient_su2(3, reps=2), "EfficientSU2"), {"IIZ": 1.0, "YXI": 0.5}),
    "n-local": (n_local(4, ["rx", "rz"], "cry", entanglement="circular", reps=1), {"ZZII": 1.0}),
    "zz-feature-map": (zz_feature_map(2, reps=2, data_map_func=sum), {"ZI": 1.0, "XX": 0.5}),
    "transpiled": (transpiled(), {"ZIII": 0.25, "IZII": 0.25, "IIZI": 0.25, "IIIZ": 0.25}),
    "registers": (registers(), {"ZIIIZ": 1.0, "IXIYI": 0.5}),
    "bound": (bound(), {"ZIX": 1.0, "IYI": -1.0}),
    "controlled": (controlled(), {"ZIZ": 1.0, "IXY": 0.5, "YIX": -0.75}),
}


def measured():
    c = QuantumCircuit(2, 2)
    c.h(0)
    c.measure([0, 1], [0, 1])
    return c


def conditional():
    q, b = QuantumRegister(2, "q"), ClassicalRegister(1, "b")
    c = QuantumCircuit(q, b)
    c.h(0)
    with c.if_test((b, 1)):
        c.x(1)
    return c


def loop():
    c = QuantumCircuit(1)
    with c.for_loop(range(3)):
        c.rx(0.1, 0)
    return c


def reset():
    c = QuantumCircuit(1)
    c.h(0)
    c.reset(0)
    return c


def delayed():
    c = QuantumCircuit(1)
    c.delay(100, 0, unit="ns")
    return c


def quadratic():
    """A feature map with products of data."""
    return zz_feature_map(2, reps=1, data_map_func=lambda x: x[0] if len(x) == 1 else x[0] * x[1])


def sine():
    x = Parameter("α")
    c = QuantumCircuit(1)
    c.rx(x.sin(), 0)
    return c


REFUSED = {
    "measured": measured(), "conditional": conditional(), "loop": loop(), "reset": reset(),
    "delayed": delayed(), "quadratic": quadratic(), "sine": sine(),
}


def text_of(circuit):
    """The circuit's text, with where it comes from."""
    return f"// Written by qiskit.qasm3.dumps, Qiskit {qiskit.__version__}; see Tests/peers/write_qiskit_files.py.\n" + (
        qasm3.dumps(circuit)
    )


def input_names(text):
    """The inputs in the order of their declaration."""
    return [line.split()[-1].rstrip(";") for line in text.splitlines() if line.startswith("input ")]


def parameter_named(circuit, name):
    """The parameter that stands behind an input: dumps replaces what is not a letter, and appends to reserved words."""
    found = [
        p for p in circuit.parameters
        if name in (p.name, f"_{p.name}", f"{p.name}_0") or name == "_" + p.name.replace("[", "_").replace("]", "_")
    ]
    assert len(found) == 1, (name, [p.name for p in circuit.parameters])
    return found[0]


def main():
    warnings.simplefilter("error")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.qasm"):
        old.unlink()
    rng = np.random.default_rng(20)
    cases = []
    for name, (circuit, observable) in READ.items():
        text = text_of(circuit)
        (FOLDER / f"read-{name}.qasm").write_text(text, encoding="utf-8")
        names = input_names(text)
        assert len(names) == circuit.num_parameters
        operator = SparsePauliOp.from_list([(label[::-1], weight) for label, weight in observable.items()])
        points = []
        for _ in range(3):
            values = rng.uniform(-6, 6, len(names))
            bound = circuit.assign_parameters(
                {parameter_named(circuit, n): v for n, v in zip(names, values, strict=True)}
            )
            points.append({"x": list(values), "f": Statevector(bound).expectation_value(operator).real})
        # Qubit 0 stands first, as in kac.
        cases.append({"name": name, "inputs": names, "observable": observable, "points": points})
    for name, circuit in REFUSED.items():
        (FOLDER / f"refused-{name}.qasm").write_text(text_of(circuit), encoding="utf-8")
    (FOLDER / "values.json").write_text(
        json.dumps({"qiskit": qiskit.__version__, "cases": cases}, indent=1, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
