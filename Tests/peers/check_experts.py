"""Compare values and gradients of experts with PennyLane and Qiskit.

Usage: python check_experts.py EXPERTS.json

The file is written by the test PeerSamplesTests: random circuits with every gate, shared angles, data and amplitudes, random
texts with every name of stdgates.inc, and every ansatz, each with our values by the state vector, by states in batches and by the expansion.

PennyLane builds random circuits gate by gate, ansätze with its own BasicEntanglerLayers, StronglyEntanglingLayers and
AngleEmbedding, amplitudes with AmplitudeEmbedding; gradients by backpropagation on default.qubit. Qiskit reads the text that
we write, or that we read too, with its own reader of OpenQASM 3 and its own definitions of gates, and builds hardware-efficient ansätze once more with n_local; derivatives from
the values at equally spaced angles, which are exact for trigonometric polynomials. Prints the largest deviations and exits
with 1 when one is too large.
"""

import json
import re
import sys
import time
import warnings

import numpy as np
import pennylane as qml
import qiskit
from pennylane import numpy as pnp
from qiskit import QuantumCircuit, qasm3
from qiskit.circuit import Parameter, ParameterVector
from qiskit.circuit.library import n_local
from qiskit.quantum_info import SparsePauliOp, Statevector

# Relative to the observable's norm, the sum of its weights' sizes. At most some hundred gates, each a few roundings of
# 1.1e-16 on both sides, and angles up to 60, which are rounded to 7e-15, times the factors' sum, up to 60: 5e-13 at worst.
TOLERANCE = 1e-12

GATES = {
    "id": qml.Identity, "x": qml.PauliX, "y": qml.PauliY, "z": qml.PauliZ, "h": qml.Hadamard, "s": qml.S, "t": qml.T,
    "sx": qml.SX, "rx": qml.RX, "ry": qml.RY, "rz": qml.RZ, "p": qml.PhaseShift, "u": qml.U3, "cx": qml.CNOT,
    "cy": qml.CY, "cz": qml.CZ, "swap": qml.SWAP, "cp": qml.ControlledPhaseShift, "crx": qml.CRX, "cry": qml.CRY,
    "crz": qml.CRZ, "rxx": qml.IsingXX, "ryy": qml.IsingYY, "rzz": qml.IsingZZ,
    "sdg": lambda wires: qml.adjoint(qml.S(wires)), "tdg": lambda wires: qml.adjoint(qml.T(wires)),
}
# The gates of stdgates.inc.
NAMES = set(
    "p x y z h s sdg t tdg sx rx ry rz cx cy cz cp crx cry crz ch swap ccx cswap cu CX phase cphase id u1 u2 u3".split()
)
ROTATIONS = {"rx": qml.RX, "ry": qml.RY, "rz": qml.RZ}


def pennylane_gates(case, value):
    """The gates one by one; `value(input)` may be traced."""
    for step in case["gates"]:
        angles = [a["constant"] + sum(t["factor"] * value(t["input"]) for t in a["terms"]) for a in step["angles"]]
        GATES[step["gate"]](*angles, wires=step["qubits"])


def pennylane_ansatz(case, theta):
    """The ansatz by PennyLane's own templates; trained angles are all of theta."""
    recipe, n = case["ansatz"], case["qubits"]
    features = [recipe["scale"] * case["values"][place] for place in recipe["places"]]
    layers = recipe["layers"]

    def encode():
        if recipe.get("encoding"):
            qml.AngleEmbedding(features, wires=range(len(features)), rotation=recipe["encoding"][1].upper())

    if recipe["family"] == "basic_entangler":
        weights = theta.reshape(layers, n)
        rotation = ROTATIONS[recipe["rotations"][0]]
        parts = [weights[k : k + 1] for k in range(layers)] if recipe["repeated"] else [weights]
        for part in parts:
            encode()
            qml.BasicEntanglerLayers(part, wires=range(n), rotation=rotation)
    else:
        weights = theta.reshape(layers, n, 3)
        if recipe["repeated"]:
            for k in range(layers):
                encode()
                # A layer alone would begin with range 1.
                ranges = [k % (n - 1) + 1] if n > 1 else None
                qml.StronglyEntanglingLayers(weights[k : k + 1], wires=range(n), ranges=ranges)
        else:
            encode()
            qml.StronglyEntanglingLayers(weights, wires=range(n))


def by_pennylane(case):
    """Value and gradient."""
    n, trained = case["qubits"], case["trained"]
    places = {p: k for k, p in enumerate(trained)}
    wires = {k: k for k in range(n)}
    observable = qml.dot(
        case["weights"], [qml.pauli.string_to_pauli_word(word, wire_map=wires) for word in case["strings"]]
    )
    uses_templates = case.get("ansatz") is not None and case["ansatz"]["family"] != "hardware_efficient"

    @qml.qnode(qml.device("default.qubit", wires=n), interface="autograd", diff_method="backprop")
    def circuit(theta):
        if case["amplitudes"]:
            vector = np.array([case["values"][k] for k in case["amplitudes"]])
            qml.AmplitudeEmbedding(vector, wires=range(n), pad_with=0.0, normalize=True)
        if uses_templates:
            pennylane_ansatz(case, theta)
        else:
            pennylane_gates(case, lambda k: theta[places[k]] if k in places else case["values"][k])
        return qml.expval(observable)

    theta = pnp.array([case["values"][k] for k in trained], requires_grad=True)
    # An angle without effect has no gradient to trace.
    value = float(circuit(theta))
    is_used = any(t["input"] in places for g in case["gates"] for a in g["angles"] for t in a["terms"])
    gradient = np.array(qml.grad(circuit)(theta)) if is_used else np.zeros(len(trained))
    return value, gradient


def qiskit_text(text):
    """The text with scalars for arrays, which Qiskit's reader does not take as inputs."""
    def scalars(match):
        return "\n".join(f"input float[64] {match[2]}_{k};" for k in range(int(match[1])))

    text = re.sub(r"input array\[float\[64\], (\d+)\] (\w+);", scalars, text)
    return re.sub(r"theta\[(\d+)\]", r"theta_\1", text)


def plain(name):
    """theta_3 for theta[3]."""
    return name.replace("[", "_").replace("]", "")


def qiskit_value(case, circuit):
    """A function of the values of all inputs, for a circuit whose parameters are named as the inputs."""
    n = case["qubits"]
    operator = SparsePauliOp([word[::-1] for word in case["strings"]], case["weights"])
    names = [plain(name) for name in case["inputs"]]
    used = {plain(p.name): p for p in circuit.parameters}
    start = np.zeros(2**n)
    start[0] = 1
    if case["amplitudes"]:
        vector = np.array([case["values"][k] for k in case["amplitudes"]])
        start = np.zeros(2**n)
        start[: len(vector)] = vector / np.linalg.norm(vector)
    # Qubit 0 is the lowest bit there.
    start = start.reshape([2] * n).transpose().reshape(-1)
    state = Statevector(start)

    def value(values):
        assignment = {used[name]: v for name, v in zip(names, values, strict=True) if name in used}
        return state.evolve(circuit.assign_parameters(assignment)).expectation_value(operator).real

    return value


def by_qiskit(case, circuit):
    """Value and gradient."""
    value = qiskit_value(case, circuit)
    gradient = []
    for axis in case["trained"]:
        degree = int(
            sum(abs(t["factor"]) for g in case["gates"] for a in g["angles"] for t in a["terms"] if t["input"] == axis)
        )
        count = 2 * degree + 1
        samples = []
        for k in range(count):
            values = list(case["values"])
            values[axis] += 2 * np.pi * k / count
            samples.append(value(values))
        waves = np.fft.fftfreq(count, 1 / count)
        gradient.append(float(np.sum(1j * waves * np.fft.fft(samples)).real / count))
    return value(case["values"]), np.array(gradient)


def n_local_circuit(case):
    """A hardware-efficient ansatz with data by Qiskit's library, its parameters named as the inputs in our text."""
    recipe, n = case["ansatz"], case["qubits"]
    features = [name for k, name in enumerate(case["inputs"]) if k not in case["trained"]]
    data = {name: Parameter(name) for name in features}
    theta = ParameterVector("theta", len(case["trained"]))
    pairs = [(k, k + 1) for k in range(n - 1)] + ([(n - 1, 0)] if recipe["topology"] == "ring" and n > 2 else [])
    per_layer = len(recipe["rotations"]) * n
    circuit = QuantumCircuit(n)
    for layer in range(recipe["layers"]):
        if recipe.get("encoding") and (layer == 0 or recipe["repeated"]):
            for qubit, place in enumerate(recipe["places"]):
                getattr(circuit, recipe["encoding"])(recipe["scale"] * data[case["inputs"][place]], qubit)
        is_last = layer == recipe["layers"] - 1
        part = n_local(
            n, recipe["rotations"], recipe["entangler"] if n > 1 else [], entanglement=pairs or "linear", reps=1,
            skip_final_rotation_layer=not (is_last and recipe["final"]),
        )
        first = layer * per_layer
        own = sorted(part.parameters, key=lambda p: p.index)
        circuit.compose(
            part.assign_parameters(dict(zip(own, theta[first : first + len(own)], strict=True))), inplace=True
        )
    return circuit


def main(path):
    with open(path, encoding="utf-8") as file:
        samples = json.load(file)
    print(f"seed {samples['seed']}: {len(samples['cases'])} experts; PennyLane {qml.__version__}, Qiskit {qiskit.__version__}")
    start = time.monotonic()
    # Autograd's way back from complex amplitudes to real angles.
    warnings.filterwarnings("ignore", category=np.exceptions.ComplexWarning, module="autograd")
    worst = {}
    failures = []
    assert len(samples["cases"]) >= 100
    assert {step["gate"] for case in samples["cases"] for step in case["gates"]} == set(GATES)
    assert {line.split("(")[0].split()[0] for case in samples["cases"] for line in case["qasm"].splitlines()} >= NAMES
    for case in samples["cases"]:
        scale = sum(abs(w) for w in case["weights"])
        peers = {"PennyLane": by_pennylane(case), "Qiskit": by_qiskit(case, qasm3.loads(qiskit_text(case["qasm"])))}
        if case.get("ansatz") is not None and case["ansatz"]["family"] == "hardware_efficient":
            peers["Qiskit n_local"] = by_qiskit(case, n_local_circuit(case))
        for peer, (value, gradient) in peers.items():
            for path_name in ("direct", "sweep", "expansion"):
                ours = case.get(path_name)
                if ours is None:
                    # Beyond the limit of terms; written only for more than twelve trained angles.
                    continue
                assert len(ours["gradient"]) == len(gradient) == len(case["trained"])
                errors = np.abs(np.concatenate([[value - ours["f"]], gradient - np.array(ours["gradient"])])) / scale
                # A maximum must not lose a NaN.
                error = float(np.max(errors)) if np.all(np.isfinite(errors)) else float("inf")
                worst[peer, path_name] = max(worst.get((peer, path_name), 0.0), error)
                if error > TOLERANCE:
                    failures.append(f"{case['name']}: {path_name} and {peer} differ by {error:.1e} of the norm")
    for (peer, path_name), error in worst.items():
        print(f"{peer:15} {path_name:10} largest deviation {error:.1e} of the norm")
    missing = sum("expansion" not in case for case in samples["cases"])
    print(f"{missing} of {len(samples['cases'])} without an expansion; {time.monotonic() - start:.0f} s")
    for failure in failures:
        print(failure, file=sys.stderr)
    if failures:
        print(f"once more: make test-peers KAC_PEER_SEED={samples['seed']}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
