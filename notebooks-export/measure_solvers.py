"""Accuracy against time of kac's solvers and of other programs on the same equation, measured in turns in one call, on one thread each.

    measure_solvers.py KAC EXPERIMENT OUTPUT.json [--fast]

The equation is that of `data/experiments/transport-2d.yml`, transport in a given potential to t = 0.5; the programs are those of
Benchmarks/peers/continuum.py, which also says how the reference is found: by SciPy's DOP853 along the flow backward. Times are the least of the
rounds; of kac the stage `limit` of its log. Peers that cannot be had here are named in the result and left out.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Benchmarks/peers"))

import continuum  # noqa: E402  Sets one thread before NumPy is there.
import h5py  # noqa: E402
import numpy as np  # noqa: E402

kac, experiment, output = sys.argv[1:4]
fast = "--fast" in sys.argv
rounds = 3
grids = [64, 128, 256] if fast else [64, 128, 256, 512]


class References:
    """The density by the flow followed backward, as values and as averages, on each grid once."""

    def __init__(self):
        self.known = {}

    def __call__(self, cells, seen_as):
        if cells not in self.known:
            values = continuum.backward(cells)
            self.known[cells] = {"values": values, "averages": continuum.averages(values)}
        return self.known[cells][seen_as]


reference = References()


def error(found, cells, seen_as):
    """The relative L1 error."""
    exact = reference(cells, seen_as)
    return float(np.abs(found - exact).sum() / np.abs(exact).sum())


def solved(method, cells, settings, folder):
    """kac's solution and the seconds of its stage `limit`."""
    file = folder / "limit.h5"
    options = {
        "continuum.method": method,
        "continuum.grid": f"{{cells: [{cells}, {cells}]}}",
        "continuum.error": "none",
        "time.outputs": "[0, 0.5]",
        **settings,
    }
    command = [kac, "solve", experiment, "-o", file, "--overwrite", "--threads", "1"]
    for key, value in options.items():
        command += ["--set", f"{key}={value}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"measure_solvers.py: {' '.join(map(str, command))}\n{done.stderr}")
    stage = re.search(r"limit \(.*\)  done in ([0-9.]+) s", done.stderr)
    with h5py.File(file) as run:
        return run["density"][-1], float(stage.group(1))


def own():
    # Time steps whose errors are below those of the cells.
    for cells in grids:
        fifth = {256: "1e-7", 512: "1e-8"}.get(cells, "1e-6")
        for method, tolerance in (("upwind", "1e-3"), ("muscl", "1e-4"), ("weno5", fifth)):
            yield method, cells, {"continuum.tolerance": tolerance}
    for tolerance in ("1e-2", "1e-4", "1e-6", "1e-8", "1e-10"):
        yield "galerkin", 128, {"continuum.tolerance": tolerance}
    for tolerance in ("1e-4", "1e-6", "1e-8", "1e-10"):
        yield "characteristics", 128, {"continuum.tolerance": tolerance}


def peers():
    """Programs of the benchmarks with fewer cells: the steps go with the cells."""
    for cells in grids:
        yield type("CKernel", (continuum.CKernel,), {"cells": cells, "steps": 114 * cells // 512})
        yield type("Spectral", (continuum.Spectral,), {"cells": cells, "steps": 160 * cells // 512})
    yield lambda: continuum.NumbaGalerkin(128)
    if not fast:
        yield lambda: continuum.NumbaGalerkin(512)
        yield continuum.PyPde


found, left_out = [], []
with tempfile.TemporaryDirectory() as name:
    for method, cells, settings in own():
        results = [solved(method, cells, settings, pathlib.Path(name)) for _ in range(rounds)]
        found.append(
            {
                "program": "kac",
                "method": method,
                "cells": cells,
                "tolerance": settings.get("continuum.tolerance"),
                "error": error(results[0][0], cells, "averages"),
                "seconds": min(seconds for _, seconds in results),
            }
        )
for make in peers():
    try:
        peer = make()
    except (ImportError, OSError, subprocess.CalledProcessError) as reason:
        left_out.append(f"{make.__name__}: {reason}")
        continue
    seconds = []
    for turn in range(rounds + 1):
        peer.prepare()
        start = time.perf_counter()
        result = np.array(peer())
        # A first call compiles.
        if turn > 0:
            seconds.append(time.perf_counter() - start)
    found.append(
        {
            "program": peer.name,
            "method": type(peer).__name__,
            "cells": peer.cells,
            "error": error(result, peer.cells, peer.seen_as),
            "seconds": min(seconds),
        }
    )
for item in found:
    print(f"{item['program']:>28} {item['method']:>16} {item['cells']:>4} {item['error']:9.2e} {1e3 * item['seconds']:9.2f} ms")
for item in left_out:
    print(f"left out: {item}")
pathlib.Path(output).write_text(json.dumps({"measured": found, "left_out": left_out}, indent=1) + "\n")
