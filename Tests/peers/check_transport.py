"""Hold brackets of Wasserstein distances to linear programmes.

Usage: python check_transport.py TRANSPORT.json

The file is written by the test TransportPeerSamplesTests: small random atoms and densities in one to three angles, with our
brackets of W_p. Every cell of the density is cut into equal parts, and scipy's HiGHS solves two transport problems between atoms
and parts: with the costs averaged over each part, whose plans spread evenly over the parts are plans of the whole problem, so
the optimum is at least W_p^p; and with the smallest cost within each part, whose optimum is at most W_p^p. Hence

    lower^p <= averaged,    smallest <= upper^p,    lower <= upper.

For atoms and other atoms the programme has one optimum, W_p^p itself, and

    below, lower <= its root <= upper, above

with bounds of projections and trigonometric potentials below, and of pairing above.

Prints how narrow both enclosures are and exits with 1 when one inequality fails.
"""

import json
import sys
import time

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

TURN = 2 * np.pi
# HiGHS meets the constraints within 1e-10 of masses that sum to 1, at costs up to 3 pi^2.
TOLERANCE = 1e-8
# Gauss-Legendre in the products of intervals between the kinks; at a corner on an atom it errs by up to 3e-6 of a part's shorter
# edge, here a tenth.
QUADRATURE = 3e-7
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
PARTS = {1: 240, 2: 576, 3: 512}


def distance(x, atom):
    """The distance on the circle."""
    gap = np.abs(x - atom) % TURN
    return np.minimum(gap, TURN - gap)


def quadrature(begin, end, atom):
    """Nodes and weights on an interval, split where the distance to the atom has a kink; the weights sum to 1."""
    kinks = [atom + k * np.pi for k in range(-3, 4) if begin < atom + k * np.pi < end]
    ends = [begin, *kinks, end]
    nodes, weights = [], []
    for a, b in zip(ends, ends[1:]):
        nodes.append((a + b) / 2 + (b - a) / 2 * NODES)
        weights.append((b - a) / 2 / (end - begin) * WEIGHTS)
    return np.concatenate(nodes), np.concatenate(weights)


def smallest(begin, end, atom):
    """The smallest distance within an interval."""
    inside = any(begin <= atom + k * TURN <= end for k in (-1, 0, 1))
    return 0.0 if inside else min(distance(begin, atom), distance(end, atom))


def costs(faces, atom, p):
    """Averaged and smallest cost of every part to an atom, parts in the order of the density's values."""
    d = len(faces)
    rules = [[quadrature(a, b, atom[axis]) for a, b in zip(f, f[1:])] for axis, f in enumerate(faces)]
    nearest = [np.array([smallest(a, b, atom[axis]) for a, b in zip(f, f[1:])]) for axis, f in enumerate(faces)]
    shape = [len(f) - 1 for f in faces]

    def along(axis, values):
        # theta_0 is fastest, so it is the last axis here.
        form = [1] * d
        form[d - 1 - axis] = len(values)
        return np.asarray(values).reshape(form)

    low = sum(along(axis, nearest[axis] ** 2) for axis in range(d)) ** (p / 2)
    if p == 2:
        mean = sum(
            along(axis, [w @ distance(x, atom[axis]) ** 2 for x, w in rules[axis]]) for axis in range(d)
        )
        return mean.ravel(), low.ravel()
    mean = np.empty(shape[::-1])
    for place in np.ndindex(mean.shape):
        squares, weight = 0.0, 1.0
        for axis in range(d):
            x, w = rules[axis][place[d - 1 - axis]]
            form = [1] * d
            form[axis] = len(x)
            squares = squares + (distance(x, atom[axis]) ** 2).reshape(form)
            weight = weight * w.reshape(form)
        mean[place] = np.sum(weight * np.sqrt(squares))
    return mean.ravel(), low.ravel()


def optimum(cost, weights, masses):
    """The least cost of carrying the masses to the atoms."""
    n, m = cost.shape
    rows = np.concatenate([np.repeat(np.arange(n), m), n + np.tile(np.arange(m), n)])
    columns = np.concatenate([np.arange(n * m), np.arange(n * m)])
    matrix = csr_matrix((np.ones(2 * n * m), (rows, columns)))
    # The last equation follows from the others; left out, roundings of the sums cannot contradict one another.
    answer = linprog(
        cost.ravel(), A_eq=matrix[:-1], b_eq=np.concatenate([weights, masses])[:-1], method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})
    if answer.status != 0:
        raise RuntimeError(f"HiGHS: {answer.message}")
    return answer.fun


def check(case):
    """The two optima, with the density's cells cut into parts."""
    cells, p = case["cells"], case["p"]
    d = len(cells)
    parts = max(1, int((PARTS[d] / np.prod(cells)) ** (1 / d) + 1e-9))
    faces = [np.arange(n * parts + 1) * (TURN / (n * parts)) for n in cells]
    density = np.array(case["density"]).reshape(cells[::-1])
    for axis in range(d):
        density = np.repeat(density, parts, axis=axis)
    masses = density.ravel() * np.prod([TURN / (n * parts) for n in cells])
    kept = masses > 0
    pairs = [costs(faces, atom, p) for atom in zip(*case["atoms"])]
    mean, low = (np.array([pair[k] for pair in pairs])[:, kept] for k in (0, 1))
    weights, masses = np.array(case["weights"]), masses[kept]
    return optimum(mean, weights, masses), optimum(low, weights, masses)


def check_pair(pair):
    """The programme's W_p between atoms and atoms, and how far roundings of HiGHS may move it."""
    p = pair["p"]
    squares = sum(distance(np.array(y)[None, :], np.array(x)[:, None]) ** 2 for x, y in zip(pair["atoms"], pair["others"]))
    power = optimum(squares ** (p / 2), np.array(pair["weights"]), np.array(pair["otherWeights"]))
    # A root of the power plus its tolerance: far from 0 as small as the tolerance, at 0 its root.
    power = max(power, 0)
    return power ** (1 / p), (power + TOLERANCE) ** (1 / p) - power ** (1 / p), power ** (1 / p) - max(0, power - TOLERANCE) ** (1 / p)


def main(path):
    with open(path) as file:
        samples = json.load(file)
    start, failures = time.perf_counter(), 0
    widths = {}
    for number, case in enumerate(samples["cases"]):
        averaged, least = check(case)
        p, d, lower, upper = case["p"], len(case["cells"]), case["lower"], case["upper"]
        slack = TOLERANCE + (QUADRATURE if p == 1 and d > 1 else 0)
        holds = lower**p <= averaged + slack and least <= upper**p + slack and lower <= upper
        if not holds:
            failures += 1
            print(f"case {number} (p = {p}, cells {case['cells']}): {case['method']}: [{lower**p}, {upper**p}], "
                  f"programmes [{least}, {averaged}]")
        ours, theirs = widths.setdefault((p, d), ([], []))
        ours.append((upper - lower) / upper)
        theirs.append(1 - (least / averaged) ** (1 / p))
    for (p, d), (ours, theirs) in sorted(widths.items()):
        print(f"W{p}, d = {d}: {len(ours)} cases; relative widths: ours at most {max(ours):.1e}, programmes' median "
              f"{np.median(theirs):.1e}, least {min(theirs):.1e}")
    gaps = {}
    for number, pair in enumerate(samples["pairs"]):
        value, over, under = check_pair(pair)
        below, lower, upper, above = pair["below"], pair["lower"], pair["upper"], pair.get("above", np.inf)
        holds = max(below, lower) <= value + over and value - under <= min(upper, above) and lower <= upper
        if not holds:
            failures += 1
            print(f"pair {number} (p = {pair['p']}, d = {len(pair['atoms'])}): {pair['method']}: {below} and [{lower}, {upper}] "
                  f"and {above}, programme {value}")
        ours, theirs = gaps.setdefault((pair["p"], len(pair["atoms"])), ([], []))
        ours.append(upper - lower)
        theirs.append(below / value if value > 1e-3 else 0)
    for (p, d), (ours, theirs) in sorted(gaps.items()):
        print(f"W{p} between atoms, d = {d}: {len(ours)} pairs; brackets at most {max(ours):.1e} wide; bounds without a plan "
              f"reach {np.median(theirs):.2f} of the distance in the median")
    print(f"seed {samples['seed']}: {len(samples['cases'])} + {len(samples['pairs'])} brackets beside linear programmes, {failures} failures, "
          f"{time.perf_counter() - start:.0f} s")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
