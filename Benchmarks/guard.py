"""Instructions of the hottest kernels, beside those that are stored.

    guard.py MEASURE MARCH [--store]

MEASURE is the program of this folder's package, built for MARCH ("portable" where no architecture was asked for). Each job is done once under
valgrind's callgrind, which counts the instructions of the call alone: the same to some parts in a thousand on a busy machine and on an
idle one. More than 5 % above the stored number is a failure; less than 5 % below asks for a new number. Numbers of another compiler, architecture or kind of
processor cannot be compared: that is said, and passes. --store writes the numbers, where a change of them is meant.

Needs valgrind, and no packages.
"""

import concurrent.futures
import json
import os
import platform
import re
import subprocess
import sys
import tempfile

STORED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
BOUND = 0.05
JOBS = [
    "direct/B/64/1",
    "flow/A/1000/1",
    "flow/B/256/1",
    "expansion/8x2/16",
    "continuum/muscl/128/1",
    "continuum/galerkin/128/1",
    "transport/sorted-1d/10000/1",
    "transport/w2-2d/300/1",
]


def circumstances(march):
    """What the numbers depend on beside the code."""
    version = subprocess.run(["swift", "--version"], capture_output=True, text=True, check=True).stdout
    # The libraries of the system choose their code by what the processor can.
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = next((line.split() for line in file if line.startswith(("flags", "Features"))), [])
    return {
        "compiler": re.search(r"swiftlang-[\w.]+|swift-[\w.-]+", version).group(),
        "march": march,
        "machine": platform.machine(),
        "avx2": "avx2" in flags,
    }


def instructions(measure, job):
    """The instructions of one call of a job."""
    command = [
        "valgrind",
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        "--toggle-collect=*7MeasureO7counted*",
        measure,
        "--once",
        job,
    ]
    # Orders of hash tables would change from run to run.
    environment = dict(os.environ, SWIFT_DETERMINISTIC_HASHING="1")
    process = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    found = re.search(r"Collected : (\d+)", process.stderr)
    if process.returncode != 0 or not found or int(found.group(1)) == 0:
        sys.exit(f"guard: {job} was not counted:\n{process.stderr}")
    return int(found.group(1))


def main(arguments):
    store = "--store" in arguments
    arguments = [argument for argument in arguments if argument != "--store"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    measure, march = arguments
    here = circumstances(march)
    stored = {"circumstances": here, "instructions": {}}
    if not store:
        with open(STORED, encoding="utf-8") as file:
            stored = json.load(file)
        if stored["circumstances"] != here:
            print("guard: NOTHING IS COMPARED: the stored numbers are of other circumstances")
            for key, value in here.items():
                print(f"  {key}: {value} here, {stored['circumstances'].get(key)} stored")
            print("  make bench-guard STORE=1 stores the numbers of this machine")
            return 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # Older valgrinds end at the debugging information of newer compilers.
        program = os.path.join(folder, "measure")
        subprocess.run(["strip", "--strip-debug", "-o", program, measure], check=True)
        counts = list(pool.map(lambda job: instructions(program, job), JOBS))
    if store:
        stored["instructions"] = dict(zip(JOBS, counts))
        with open(STORED, "w", encoding="utf-8") as file:
            json.dump(stored, file, indent=2)
            file.write("\n")
        print(f"stored in {os.path.relpath(STORED)}")
    failed = False
    print(f"{'job':30} {'instructions':>14} {'stored':>14} {'change':>8}")
    for job, count in zip(JOBS, counts):
        before = stored["instructions"].get(job)
        if before is None:
            failed = True
            print(f"{job:30} {count:14,}  is not stored")
            continue
        change = count / before - 1
        verdict = "  MORE THAN 5 % ABOVE" if change > BOUND else "  below: store it" if change < -BOUND else ""
        failed = failed or change > BOUND
        print(f"{job:30} {count:14,} {before:14,} {100 * change:+7.2f}%{verdict}")
    if failed:
        print("guard: where more work is meant, make bench-guard STORE=1 stores it, and the commit says why")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
