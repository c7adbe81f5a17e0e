"""How time and memory grow: with experts, cells, angles, data, qubits and atoms.

    growth.py MEASURE KAC [--json FILE] [--only NAME]

Every size runs in a process of its own. The time is the least processor time of `measure`'s calls, on one thread, the memory the process's peak less that of a job that does
nearly nothing. Exponents are slopes of least squares in logarithms over the larger half of the sizes, where what is constant no longer counts; for qubits
the factor that one more of them costs. For `kac run` processor time and memory of whole runs are taken. Ten minutes on two busy cores; needs no packages.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile

UNITS = {"µs": 1e-6, "ms": 1e-3}
HERE = os.path.dirname(os.path.abspath(__file__))

# Name, what grows, sizes, the job of a size.
SERIES = [
    ("flow A, two angles", "N", [10**k for k in range(2, 8)], "flow/A/{}/1"),
    ("flow B, eight angles", "N", [10**k for k in range(2, 7)], "flow/B/{}/1"),
    ("direct B", "N", [10**k for k in range(2, 6)], "direct/B/{}/1"),
    ("flow A, 1000 experts", "n", [4, 16, 100, 1000, 10000], "flow/A/1000/1/{}"),
    ("direct A, 100 experts", "n", [4, 16, 100, 1000, 10000], "direct/A/100/1/{}"),
    ("expansion, 4 qubits × 2", "n", [4, 16, 100, 1000, 10000], "expansion/4x2/{}"),
    ("flow, one layer", "d", [2, 3, 4, 5, 6, 7, 8], "flow/{}x1/1000/1"),
    ("direct, 8 qubits × 2", "d", [1, 2, 4, 8], "direct/8x2x{}/64/1"),
    ("MUSCL, two angles, ten steps", "M", [c * c for c in (64, 128, 256, 512, 1024, 2048)], "continuum/muscl/{root}/1/10"),
    ("WENO5, two angles, ten steps", "M", [c * c for c in (64, 128, 256, 512, 1024)], "continuum/weno5/{root}/1/10"),
    ("MUSCL, three angles, five steps", "M", [c**3 for c in (32, 64, 96, 128, 192)], "continuum/muscl-3d/{root}/1/5"),
    ("Galerkin, onto a grid", "M", [c * c for c in (64, 128, 256, 512, 1024, 2048)], "continuum/galerkin/{root}/1/1e-8"),
    ("characteristics, onto a grid", "M", [c * c for c in (64, 128, 256, 512, 1024)], "continuum/characteristics/{root}/1"),
    ("W₁ and W₂, sorted, one angle", "N", [10**k for k in range(2, 7)], "transport/sorted-1d/{}/1"),
    ("W₂, one angle", "N", [10**k for k in range(2, 7)], "transport/w2-1d/{}/1"),
    ("W₂, two angles", "N", [100, 316, 1000, 3162, 10000, 31623, 100000], "transport/w2-2d/{}/1"),
    ("W₂, three angles", "N", [100, 316, 1000, 3162, 10000], "transport/w2-3d/{}/1"),
    ("W₁, two angles", "N", [100, 316, 1000, 3162], "transport/w1-2d/{}/1"),
    ("expansion, one layer", "qubits", [2, 4, 6, 8, 10, 12], "expansion/{}x1/16"),
    ("expansion, two layers", "qubits", [2, 4, 6, 8], "expansion/{}x2/16"),
    ("direct, 64 experts, two angles", "qubits", [2, 4, 6, 8, 10, 12], "direct/{}x2x2/64/1"),
    ("flow, 1000 experts, two angles", "qubits", [2, 4, 6, 8], "flow/{}x2x2/1000/1"),
]


def run(command, **options):
    """Standard output, processor seconds and peak memory in bytes of a command."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    out = process.stdout.read()
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"growth: {' '.join(command)}: {error}")
    return out, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def measured(measure, job, rounds):
    out, _, memory = run([measure, "--only", job, "--rounds", str(rounds), "--processor"])
    row = next(line for line in out.splitlines() if line.startswith(job))
    value, unit = re.findall(r"([\d.e+]+) (µs|ms)", row)[0]
    return float(value) * UNITS[unit], memory


def slope(sizes, values, logarithmic=True):
    """The slope of logarithms over the larger half of the sizes, at least three."""
    keep = max(3, (len(sizes) + 1) // 2)
    points = [
        (math.log(s) if logarithmic else s, math.log(v)) for s, v in list(zip(sizes, values))[-keep:] if v > 0
    ]
    if len(points) < 2:
        return math.nan
    x, y = (sum(c) / len(points) for c in zip(*points))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def report(name, parameter, sizes, times, memories, rows):
    grows = slope(sizes, times, parameter != "qubits")
    room = slope(sizes, memories, parameter != "qubits") if all(m > 2e6 for m in memories[-2:]) else math.nan
    if parameter == "qubits":
        exponents = f"×{math.exp(grows):.2f} a qubit"
    else:
        exponents = f"{parameter}^{grows:.2f}"
        if not math.isnan(room):
            exponents += f", memory {parameter}^{room:.2f}"
    cells = " ".join(f"{size:g}: {time:.3g}" for size, time in zip(sizes, times))
    print(f"{name:34} {exponents:36} {cells}", flush=True)
    rows.append(
        {"name": name, "parameter": parameter, "sizes": sizes, "seconds": times, "bytes": memories, "time": grows,
         "memory": None if math.isnan(room) else room})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("measure")
    parser.add_argument("kac")
    parser.add_argument("--json")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    options.kac = os.path.abspath(options.kac)
    _, base = measured(options.measure, "flow/A/1/1", 1)
    rows = []
    for name, parameter, sizes, job in SERIES:
        if not name.startswith(options.only):
            continue
        times, memories = [], []
        for size in sizes:
            root = round(size ** (1 / 3 if "-3d" in job and parameter == "M" else 1 / 2))
            rounds = 3
            if times and times[-1] > 0.3:
                rounds = 1
            seconds, memory = measured(options.measure, job.format(size, root=root), rounds)
            times.append(seconds)
            memories.append(max(0, memory - base))
        report(name, parameter, sizes, times, memories, rows)
    # Whole runs: iris in two angles without distances.
    experiment = os.path.join(HERE, "..", "data", "experiments", "iris-2d.yml")
    if "kac run".startswith(options.only):
        sizes, times, memories = [10**k for k in range(2, 8)], [], []
        with tempfile.TemporaryDirectory() as folder:
            for size in sizes:
                settings = {
                    "particles.counts": f"[{size}]", "particles.replicates": 1, "particles.tolerance": 1e-4,
                    "compare.wasserstein": "[]", "compare.times": "[0, 1]", "time.end": 1, "time.outputs": 2,
                }
                arguments = [f"--set={key}={value}" for key, value in settings.items()]
                _, seconds, memory = run(
                    [options.kac, "run", experiment, "-o", "run.h5", "--overwrite", *arguments], cwd=folder)
                times.append(seconds)
                memories.append(memory)
        times = [time - 0.9 * times[0] for time in times]
        memories = [memory - 0.99 * memories[0] for memory in memories]
        report("kac run, above 100 experts", "N", sizes, times, memories, rows)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"load": os.getloadavg(), "series": rows}, file, indent=2)


if __name__ == "__main__":
    main()
