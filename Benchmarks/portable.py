"""The portable build beside the one for this machine: how much slower, and whether the numbers are the same.

    portable.py PORTABLE NATIVE [--rounds R] [--json FILE]

Both are the program `measure` of this folder's package. Results of every job are compared first, to 1e-12 of the largest number; then the two take turns. The
ratio that counts is that of the minima, because what else the machine does only adds time; the median of the ratios of neighbours in time stands beside it. Exits with 1 where a
ratio is above 2.5 or numbers differ. Needs no packages.
"""

import argparse
import json
import math
import os
import statistics
import sys

from peers.served import Served

SLOWEST = 2.5
TOLERANCE = 1e-12
JOBS = [
    "direct/A/1000/1",
    "direct/B/1000/1",
    "flow/A/1000/1",
    "flow/B/1000/1",
    "expansion/8x2/16",
    "continuum/muscl/256/1",
    "continuum/weno5/256/1",
    "continuum/muscl-3d/64/1",
    "continuum/galerkin/128/1",
    "continuum/galerkin/512/1",
    "continuum/characteristics/256/1",
    "transport/sorted-1d/100000/1",
    "transport/w2-1d/100000/1",
    "transport/w2-2d/1000/1",
    "transport/w2-3d/1000/1",
    "transport/w1-2d/1000/1",
]


def difference(first, second):
    """The largest difference, beside the largest number."""
    if len(first) != len(second) or not first or not all(map(math.isfinite, first)):
        return math.inf
    largest = max(map(abs, first))
    return max(abs(a - b) for a, b in zip(first, second)) / (largest or 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("portable")
    parser.add_argument("native")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    options = parser.parse_args()
    portable, native = Served(options.portable), Served(options.native)
    rows = []
    print(f"{'job':34} {'difference':>10} {'native':>11} {'portable':>11} {'ratio':>6} {'median':>6}")
    for job in [job for job in JOBS if job.startswith(options.only)]:
        off = difference(native.result(job), portable.result(job))
        pairs = [(native.seconds(job), portable.seconds(job)) for _ in range(options.rounds)]
        median = statistics.median(b / a for a, b in pairs)
        least = [min(times) for times in zip(*pairs)]
        ratio = least[1] / least[0]
        met = ratio <= SLOWEST and off <= TOLERANCE
        print(
            f"{job:34} {off:10.1e} {least[0] * 1e3:8.3f} ms {least[1] * 1e3:8.3f} ms {ratio:6.2f} {median:6.2f}"
            + ("" if met else "  NOT MET"),
            flush=True,
        )
        rows.append({"job": job, "difference": off, "native": least[0], "portable": least[1], "ratio": ratio, "median": median, "met": met})
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"load": os.getloadavg(), "jobs": rows}, file, indent=2)
    sys.exit(0 if all(row["met"] for row in rows) else 1)


if __name__ == "__main__":
    main()
