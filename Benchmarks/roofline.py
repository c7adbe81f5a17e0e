"""The roofline of each kernel: what it computes and moves a unit of work, beside what a core of this machine can do.

    roofline.py PORTABLE NATIVE [--json FILE]

Both are the program `measure` of this folder's package. Floating-point operations are counted by valgrind's lackey in the portable build, as the difference of two
sizes, which leaves starting and tables out: two for a vector operation of 16 bytes, four for one of 32, so a mask counts as well and a fused operation as two.
Bytes are what has to come from memory or go there, once, where the numbers do not stay in a cache. The machine's peak and triads are measured by
`roofline.c` (cc), the times by the native build, on one core. "roof" is the share of the least of peak and bytes at the triad's bandwidth. Needs valgrind, a C compiler
and no packages.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
UNITS = {"µs": 1e-6, "ms": 1e-3}

# The job, two sizes for the counter, one for the clock, the units of work of a size, the bytes a unit, and what a unit is.
KERNELS = [
    # Values and eight slopes go out for each of sixteen data.
    ("direct/B/{}/1", (64, 128), 1000, lambda n: 16 * n, 8 * 9, "expert and datum"),
    # Angles come in for the moments and for the slopes, slopes go out.
    ("flow/A/{}/1", (1024, 2048), 1000000, lambda n: n, 8 * 2 * 3, "expert"),
    ("flow/B/{}/1", (1024, 2048), 1000000, lambda n: n, 8 * 8 * 3, "expert"),
    # Two stages, each with averages, those of the step's start, and its result.
    ("continuum/muscl/{}/1", (64, 128), 512, lambda m: m * m * ((114 * m + 511) // 512), 2 * 3 * 8, "cell and step"),
    ("continuum/weno5/{}/1", (64, 128), 512, lambda m: m * m * ((114 * m + 511) // 512), 3 * 3 * 8, "cell and step"),
    ("continuum/muscl-3d/{}/1", (16, 32), 128, lambda m: m**3 * 60, 2 * 3 * 8, "cell and step"),
    # From modes to a grid: the modes' own work is the same for both sizes and small.
    ("continuum/galerkin/{}/1/1e-8", (256, 512), 512, lambda m: m * m, 8, "cell"),
    ("continuum/characteristics/{}/1", (64, 128), 256, lambda m: m * m, 8, "cell"),
    ("transport/sorted-1d/{}/1", (10000, 20000), 100000, lambda n: n, 8, "atom"),
    ("transport/w2-2d/{}/1", (300, 600), 1000, lambda n: n, 8 * 2, "atom"),
]


def operations(measure, job):
    """Floating-point operations of a process that does a job twice."""
    command = ["valgrind", "--tool=lackey", "--basic-counts=no", "--detailed-counts=yes", measure, "--once", job]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    counts = {kind: int(n.replace(",", "")) for kind, n in re.findall(r"(F64|V128|V256) .*?([\d,]+)$", text, re.M)}
    return counts["F64"] + 2 * counts["V128"] + 4 * counts["V256"]


def seconds(measure, job):
    out = subprocess.run(
        [measure, "--only", job, "--rounds", "5"], capture_output=True, text=True, check=True).stdout
    value, unit = re.search(r"([\d.e+]+) (µs|ms)", next(line for line in out.splitlines() if line.startswith(job))).groups()
    return float(value) * UNITS[unit]


def machine():
    """Bytes a second in memory and in the first cache, operations a second: the best of some tries."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "roofline")
        subprocess.run(
            [os.environ.get("CC", "cc"), "-O3", "-march=native", os.path.join(HERE, "roofline.c"), "-o", program], check=True)
        runs = [map(float, subprocess.run([program], capture_output=True, text=True, check=True).stdout.split())
                for _ in range(3)]
        return [1e9 * max(values) for values in zip(*runs)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("portable")
    parser.add_argument("native")
    parser.add_argument("--json")
    options = parser.parse_args()
    memory, cache, peak = machine()
    print(f"load {os.getloadavg()[0]:.1f}; triad {memory / 1e9:.1f} GB/s in memory, {cache / 1e9:.0f} in cache; peak {peak / 1e9:.1f} Gflop/s")
    # Older valgrinds end at the debugging information of newer compilers.
    folder = tempfile.TemporaryDirectory()
    portable = os.path.join(folder.name, "measure")
    subprocess.run(["strip", "--strip-debug", "-o", portable, options.portable], check=True)
    print(f"{'job':34} {'unit':18} {'flop':>8} {'byte':>6} {'ns':>9} {'Gflop/s':>8} {'peak':>6} {'GB/s':>6} {'roof':>6}")
    rows = []
    for pattern, (small, large), size, units, bytes_, unit in KERNELS:
        counted = operations(portable, pattern.format(large)) - operations(portable, pattern.format(small))
        flops = counted / (2 * (units(large) - units(small)))
        time = seconds(options.native, pattern.format(size)) / units(size)
        roof = max(flops / peak, bytes_ / memory) / time
        print(
            f"{pattern.format(size):34} {unit:18} {flops:8.0f} {bytes_:6} {time * 1e9:9.2f} {flops / time / 1e9:8.2f} "
            f"{100 * flops / time / peak:5.0f}% {bytes_ / time / 1e9:6.2f} {100 * roof:5.0f}%", flush=True)
        rows.append({"job": pattern.format(size), "unit": unit, "flops": flops, "bytes": bytes_, "seconds": time, "roof": roof})
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"load": os.getloadavg(), "memory": memory, "cache": cache, "peak": peak, "kernels": rows}, file, indent=2)


if __name__ == "__main__":
    sys.exit(main())
