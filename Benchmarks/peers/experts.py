"""All f and grad f of N experts at 16 data: kac beside Qulacs, PennyLane lightning, TensorCircuit-ng and JAX.

    experts.py MEASURE [--rounds R] [--json FILE]

MEASURE is kac's program of the same folder's package. Each peer computes the same numbers, which are checked before anything is
timed; then kac and the peer take turns, and the ratios are those of neighbours in time. Peers whose loop is slow do a part of the
points (column "points"), and their time is scaled up; a first call, which compiles, is not counted.
"""

import argparse
import json
import os
import statistics
import sys
import time

# States of sixteen amplitudes: the threads of Qulacs and lightning would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import jax  # noqa: E402

jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

from served import Served  # noqa: E402

COUNT = 1000
DATA = 16
QUBITS = 4
TOLERANCE = 1e-12  # rounding of some thirty gates, with room for what a compiler reorders


def data():
    return np.array([[((5 * j + 3 * k + j * k) % 16 - 7.5) / 5 for k in range(QUBITS)] for j in range(DATA)])


def parameters(dimension):
    factors = [0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19]
    words = [[((i + 1) * factors[p]) % 2**32 for p in range(dimension)] for i in range(COUNT)]
    return 2 * np.pi * np.array(words, dtype=float) / 2**32


def angles(circuit, theta, xp=np):
    """The eight RY angles of the circuit: A trains the first two and fixes the others."""
    if circuit == "B":
        return theta
    return xp.concatenate([theta, xp.array([0, 0] + [np.pi / 4] * 4)])


class Jax:
    """Hand-written state vector, differentiated backward, mapped over data and points."""

    name = "JAX vmap"
    points = COUNT

    def __init__(self, circuit):
        signs = np.ones((2,) * QUBITS)
        for k in range(QUBITS):
            index = [slice(None)] * QUBITS
            index[k] = index[(k + 1) % QUBITS] = 1
            signs[tuple(index)] *= -1
        z = np.zeros((2,) * QUBITS)
        for k in range(QUBITS):
            z += 0.25 * np.array([1, -1]).reshape([2 if axis == k else 1 for axis in range(QUBITS)])

        def turn(state, gate, k):
            return jnp.moveaxis(jnp.tensordot(gate, state, axes=(1, k)), 0, k)

        def rx(angle):
            c, s = jnp.cos(angle / 2), -1j * jnp.sin(angle / 2)
            return jnp.array([[c, s], [s, c]])

        def ry(angle):
            c, s = jnp.cos(angle / 2), jnp.sin(angle / 2)
            return jnp.array([[c, -s], [s, c]]).astype(complex)

        def value(theta, x):
            all_angles = angles(circuit, theta, jnp)
            state = jnp.zeros((2,) * QUBITS, dtype=complex).at[(0,) * QUBITS].set(1)
            for layer in range(2):
                for k in range(QUBITS):
                    state = turn(state, ry(all_angles[QUBITS * layer + k]) @ rx(x[k]), k)
                state = state * signs
            for k in range(QUBITS):
                state = turn(state, rx(np.pi / 3), k)
            return jnp.sum(z * jnp.abs(state) ** 2)

        over_points = jax.vmap(jax.value_and_grad(value), (0, None))
        self.call = jax.jit(jax.vmap(over_points, (None, 0)))

    def __call__(self, theta, x):
        return jax.block_until_ready(self.call(theta, x))


class TensorCircuit:
    name = "TensorCircuit-ng"
    points = COUNT

    def __init__(self, circuit):
        import tensorcircuit as tc

        backend = tc.set_backend("jax")
        tc.set_dtype("complex128")

        def value(theta, x):
            all_angles = angles(circuit, theta, jnp)
            c = tc.Circuit(QUBITS)
            for layer in range(2):
                for k in range(QUBITS):
                    c.rx(k, theta=x[k])
                for k in range(QUBITS):
                    c.ry(k, theta=all_angles[QUBITS * layer + k])
                for k in range(QUBITS):
                    c.cz(k, (k + 1) % QUBITS)
            for k in range(QUBITS):
                c.rx(k, theta=np.pi / 3)
            return sum(0.25 * backend.real(c.expectation_ps(z=[k])) for k in range(QUBITS))

        over_points = backend.vmap(jax.value_and_grad(value), vectorized_argnums=0)
        self.call = jax.jit(jax.vmap(over_points, (None, 0)))

    def __call__(self, theta, x):
        return jax.block_until_ready(self.call(theta, x))


class Qulacs:
    """A loop over points and data, gradients by back-propagation."""

    name = "Qulacs"
    points = 100

    def __init__(self, circuit):
        from qulacs import Observable, ParametricQuantumCircuit

        self.circuit = circuit
        self.observable = Observable(QUBITS)
        for k in range(QUBITS):
            self.observable.add_operator(0.25, f"Z {k}")
        self.make = ParametricQuantumCircuit
        # Which RY are trained; Qulacs turns the other way round.
        self.trained = 2 if circuit == "A" else 8

    def template(self, x):
        c = self.make(QUBITS)
        fixed = angles(self.circuit, np.zeros(self.trained))
        for layer in range(2):
            for k in range(QUBITS):
                c.add_RX_gate(k, -x[k])
            for k in range(QUBITS):
                place = QUBITS * layer + k
                if place < self.trained:
                    c.add_parametric_RY_gate(k, 0)
                else:
                    c.add_RY_gate(k, -fixed[place])
            for k in range(QUBITS):
                c.add_CZ_gate(k, (k + 1) % QUBITS)
        for k in range(QUBITS):
            c.add_RX_gate(k, -np.pi / 3)
        return c

    def __call__(self, theta, x):
        from qulacs import QuantumState

        values = np.empty((len(x), len(theta)))
        gradients = np.empty((len(x), len(theta), self.trained))
        state = QuantumState(QUBITS)
        for a, row in enumerate(x):
            c = self.template(row)
            for i, point in enumerate(theta):
                for p in range(self.trained):
                    c.set_parameter(p, -point[p])
                state.set_zero_state()
                c.update_quantum_state(state)
                values[a, i] = self.observable.get_expectation_value(state)
                gradients[a, i] = -np.array(c.backprop(self.observable))
        return values, gradients


class Lightning:
    """A loop over points and data, gradients by the adjoint method."""

    name = "PennyLane lightning"
    points = 4

    def __init__(self, circuit):
        import pennylane as qml
        from pennylane import numpy as pnp

        device = qml.device("lightning.qubit", wires=QUBITS)

        @qml.qnode(device, diff_method="adjoint")
        def value(theta, x):
            for layer in range(2):
                for k in range(QUBITS):
                    qml.RX(x[k], wires=k)
                for k in range(QUBITS):
                    place = QUBITS * layer + k
                    trained = 2 if circuit == "A" else 8
                    qml.RY(theta[place] if place < trained else (0 if place < 4 else np.pi / 4), wires=k)
                for k in range(QUBITS):
                    qml.CZ(wires=[k, (k + 1) % QUBITS])
            for k in range(QUBITS):
                qml.RX(np.pi / 3, wires=k)
            return qml.expval(qml.Hamiltonian([0.25] * QUBITS, [qml.PauliZ(k) for k in range(QUBITS)]))

        gradient = qml.grad(value, argnums=0)

        def both(point, row):
            slope = gradient(pnp.array(point, requires_grad=True), pnp.array(row, requires_grad=False))
            return gradient.forward, slope

        self.both = both

    def __call__(self, theta, x):
        pairs = [[self.both(point, row) for point in theta] for row in x]
        return np.array([[v for v, _ in row] for row in pairs]), np.array([[g for _, g in row] for row in pairs])


class Kac(Served):
    def result(self, job, dimension):
        numbers = np.array(super().result(job))
        values = numbers[: DATA * COUNT].reshape(DATA, COUNT)
        return values, numbers[DATA * COUNT :].reshape(DATA, dimension, COUNT).transpose(0, 2, 1)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("measure")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--json")
    arguments = arguments.parse_args()
    kac = Kac(arguments.measure)
    rows = []
    for circuit, dimension in (("A", 2), ("B", 8)):
        theta, x = parameters(dimension), data()
        values, gradients = kac.result(f"direct/{circuit}/{COUNT}/1", dimension)
        for peer_type in (Jax, TensorCircuit, Qulacs, Lightning):
            peer = peer_type(circuit)
            points = theta[: peer.points]
            its_values, its_gradients = (np.asarray(part) for part in peer(points, x))
            error = max(
                np.abs(its_values - values[:, : peer.points]).max(),
                np.abs(its_gradients - gradients[:, : peer.points]).max(),
            )
            if not error <= TOLERANCE:
                sys.exit(f"experts.py: {peer.name} and kac differ by {error} on circuit {circuit}: nothing is timed")
            times = {"peer": [], "direct": [], "flow": []}
            for _ in range(arguments.rounds):
                times["direct"].append(kac.seconds(f"direct/{circuit}/{COUNT}/1"))
                times["flow"].append(kac.seconds(f"flow/{circuit}/{COUNT}/1"))
                start = time.perf_counter()
                peer(points, x)
                times["peer"].append((time.perf_counter() - start) * COUNT / peer.points)
            ratio = {
                kind: statistics.median(p / k for p, k in zip(times["peer"], times[kind])) for kind in ("direct", "flow")
            }
            medians = {kind: statistics.median(series) for kind, series in times.items()}
            rows.append(
                {
                    "circuit": circuit,
                    "peer": peer.name,
                    "points": peer.points,
                    "error": float(error),
                    "seconds": medians["peer"],
                    "kac_direct_seconds": medians["direct"],
                    "kac_flow_seconds": medians["flow"],
                    "ratio_direct": ratio["direct"],
                    "ratio_flow": ratio["flow"],
                }
            )
            print(f"measured {peer.name} on circuit {circuit}", file=sys.stderr)
    print("| circuit | peer | points | error | peer | kac direct | ratio | kac flow | ratio |")
    print("|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print(
            f"| {row['circuit']} | {row['peer']} | {row['points']} | {row['error']:.0e} | {row['seconds'] * 1e3:.4g} ms"
            f" | {row['kac_direct_seconds'] * 1e3:.3g} ms | {row['ratio_direct']:.3g}"
            f" | {row['kac_flow_seconds'] * 1e6:.3g} µs | {row['ratio_flow']:.3g} |"
        )
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
