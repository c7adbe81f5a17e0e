"""W2 and W1 between atoms and a density on the torus: kac beside sdot and POT.

    transport.py MEASURE [--rounds R] [--json FILE] [--only TEXT]

MEASURE is kac's program of the same folder's package. Atoms and densities are the same numbers on both sides (see Job+Transport.swift).
The distances are compared before anything is timed: kac's answer is a bracket, and a peer's relative distance from it is its error. Then kac and
the peer take turns, and the ratios are those of neighbours in time. sdot wants Python 3.12 and compiles its kernels at the first call, which
is not counted; where it is not installed or does not compile, it is named and left out.
"""

import argparse
import json
import os
import statistics
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402

from served import Served  # noqa: E402

CELLS = {1: 4096, 2: 64, 3: 16}


def words(count):
    """The finaliser of SplitMix64, of a counter."""
    with np.errstate(over="ignore"):
        word = (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def sample(count, dimension, kappa):
    """Atoms, a row each, and the density's masses on the grid, axis 0 being theta_0; unit torus."""
    cells = CELLS[dimension]
    width = 1 / cells
    masses = np.exp(kappa * (np.cos(2 * np.pi * ((np.arange(cells) + 0.5) * width - 0.37)) - 1))
    masses /= masses.sum()
    ends = np.concatenate([[0], np.cumsum(masses)])
    levels = (words(count * dimension) >> np.uint64(11)).astype(float) * 2.0**-53 * ends[-1]
    low = np.clip(np.searchsorted(ends[1:], levels, side="right"), 0, cells - 1)
    atoms = width * (low + (levels - ends[low]) / masses[low])
    grid = masses
    for _ in range(dimension - 1):
        grid = np.multiply.outer(grid, masses)
    return atoms.reshape(dimension, count).T.copy(), grid


class Sdot:
    name = "sdot"

    def __init__(self, atoms, masses, order):
        import sdot

        self.sdot = sdot
        self.atoms, self.image = sdot.SumOfDiracs(atoms), sdot.Image(masses * masses.size)

    def __call__(self):
        return float(self.sdot.w2(self.atoms, self.image, periodicity=True)) ** 0.5


class PotDiracs:
    """The density as one Dirac a cell: what a linear programme can do with it."""

    name = "POT emd2, Diracs"

    def __init__(self, atoms, masses, order):
        import ot

        self.ot, self.order = ot, order
        self.atoms, self.masses = atoms, masses.ravel()
        axes = [(np.arange(n) + 0.5) / n for n in masses.shape]
        self.centres = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, masses.ndim)

    def __call__(self):
        cost = np.zeros((len(self.atoms), len(self.centres)))
        for axis in range(self.atoms.shape[1]):
            apart = np.abs(self.atoms[:, None, axis] - self.centres[None, :, axis])
            cost += np.minimum(apart, 1 - apart) ** 2
        if self.order == 1:
            cost = np.sqrt(cost)
        weights = np.full(len(self.atoms), 1 / len(self.atoms))
        return self.ot.emd2(weights, self.masses, cost, numItermax=10**8) ** (1 / self.order)


class PotCircle:
    name = "POT wasserstein_circle"

    def __init__(self, atoms, masses, order):
        import ot

        self.ot, self.order = ot, order
        self.atoms, self.masses = atoms[:, 0], masses
        self.centres = (np.arange(len(masses)) + 0.5) / len(masses)

    def __call__(self):
        value = self.ot.wasserstein_circle(
            self.atoms[:, None], self.centres[:, None], v_weights=self.masses[:, None], p=self.order)
        return float(np.ravel(value)[0]) ** (1 / self.order)


PROBLEMS = [
    # kac's job, peer, dimension, atoms, order
    ("transport/w2-1d/100000/1", PotCircle, 1, 100_000, 2),
    ("transport/w1-1d/100000/1", PotCircle, 1, 100_000, 1),
    ("transport/w2-2d/1000/1", Sdot, 2, 1000, 2),
    ("transport/w2-2d/1000/1", PotDiracs, 2, 1000, 2),
    ("transport/w1-2d/1000/1", PotDiracs, 2, 1000, 1),
    ("transport/w2-2d/10000/1", Sdot, 2, 10_000, 2),
    ("transport/w2-2d/100000/1", Sdot, 2, 100_000, 2),
    ("transport/w2-3d/1000/1", Sdot, 3, 1000, 2),
    ("transport/w2-3d/10000/1", Sdot, 3, 10_000, 2),
]


def spread(seconds):
    return f"{statistics.median(seconds):.3g} s ({min(seconds):.3g} to {max(seconds):.3g})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measure")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    kac = Served(options.measure)
    rows = []
    print(f"load {os.getloadavg()[0]:.1f}, medians (ranges) of {options.rounds} rounds in turns")
    for job, peer, dimension, count, order in PROBLEMS:
        if options.only not in f"{job} {peer.name}":
            continue
        try:
            call = peer(*sample(count, dimension, 1.0), order)
            found = call()
        except Exception as error:  # a peer that is missing or fails is a row of its own
            print(f"{peer.name} on {job}: left out: {type(error).__name__}: {str(error)[:120]}")
            continue
        lower, upper = np.array(kac.result(job))[:2] / (2 * np.pi)
        error = max(0, lower - found, found - upper) / lower
        # sdot's default tolerance is on masses; agreement to 1e-6 says that both solve the same problem.
        if peer is Sdot:
            assert error < 1e-6, f"{job}: kac [{lower}, {upper}], {peer.name} {found}"
        own, theirs = [], []
        for _ in range(options.rounds):
            own.append(kac.seconds(job))
            start = time.perf_counter()
            call()
            theirs.append(time.perf_counter() - start)
        ratio = statistics.median(b / a for a, b in zip(own, theirs))
        width = (upper - lower) / lower
        print(f"{job}: bracket {width:.1e} wide, {spread(own)}; {peer.name}: error {error:.1e}, {spread(theirs)}; ratio {ratio:.3g}")
        rows.append(
            {"job": job, "peer": peer.name, "bracket": width, "error": error, "kac": own, "peer_seconds": theirs, "ratio": ratio})
    if options.json:
        with open(options.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
