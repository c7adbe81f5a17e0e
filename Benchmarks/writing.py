"""What writing costs beside the rest of a run, for every shipped experiment.

Usage: python writing.py KAC [EXPERIMENT.yml ...]

KAC is the tool. Prints for every experiment the seconds of the whole run, of the run file and its sidecars, and of the checkpoints
at the default cadence, with the share of both; exits with 1 where it is above 5 %. Needs no packages.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile
import time


def main(arguments):
    if not arguments:
        sys.exit(__doc__)
    tool = os.path.abspath(arguments[0])
    here = os.path.dirname(os.path.abspath(__file__))
    experiments = arguments[1:] or sorted(glob.glob(os.path.join(here, "..", "data", "experiments", "*.yml")))
    worst = 0
    print(f"{'experiment':24} {'run':>9} {'writing':>9} {'share':>7}")
    for path in map(os.path.abspath, experiments):
        with tempfile.TemporaryDirectory() as folder:
            start = time.monotonic()
            process = subprocess.run(
                [tool, "run", path, "-o", "run.h5"], cwd=folder, capture_output=True, text=True, check=False)
            seconds = time.monotonic() - start
        if process.returncode != 0:
            sys.exit(f"{path}: {process.stderr}")
        written = sum(float(found) for found in re.findall(r"saved .* in ([0-9.]+) s", process.stderr))
        worst = max(worst, written / seconds)
        print(f"{os.path.basename(path):24} {seconds:8.2f}s {written:8.3f}s {100 * written / seconds:6.2f}%", flush=True)
    sys.exit(1 if worst > 0.05 else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
