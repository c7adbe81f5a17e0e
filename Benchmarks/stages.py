"""How busy the cores are in each stage of a command of kac.

    stages.py [--cores C] COMMAND...

Stages are what the command says on standard error; what comes between two of them is named after the first. Many times a second the threads that run or
wait for a core are counted, so what else the machine does makes stages longer, but not less busy: "busy" is the mean of that number, at most the cores,
over the cores. Processor time is of the stage as well. A stage of more than a second of processor time below 85 % is marked, and so is a stretch of
more than a second within any stage in which one thread ran alone. Linux alone; needs no packages.
"""

import os
import re
import subprocess
import sys
import threading
import time

LEAST = 0.85
TICK = 0.01


class Watch:
    """Counts the threads of a process that want a core, stage by stage."""

    def __init__(self, process, cores):
        self.process, self.cores = process, cores
        self.stages = []
        self.lock = threading.Lock()
        self.begin("start")

    def begin(self, name):
        with self.lock:
            self.stages.append({"name": name, "start": time.monotonic(), "samples": [], "cpu": None})

    def count(self):
        """Threads that run or are ready to, and the processor time so far."""
        running, ticks = 0, 0
        folder = f"/proc/{self.process.pid}/task"
        for thread in os.listdir(folder):
            try:
                with open(f"{folder}/{thread}/stat", encoding="utf-8") as file:
                    words = file.read().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            running += words[0] == "R"
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
            words = file.read().rpartition(")")[2].split()
        ticks = int(words[11]) + int(words[12])
        return running, ticks / os.sysconf("SC_CLK_TCK")

    def follow(self):
        while self.process.poll() is None:
            try:
                running, cpu = self.count()
            except (FileNotFoundError, ProcessLookupError):
                break
            with self.lock:
                stage = self.stages[-1]
                stage["samples"].append((min(running, self.cores), cpu))
            time.sleep(TICK)

    def listen(self):
        for line in self.process.stderr:
            text = re.sub(r"^\S+ (info|warning) kac: (\[kac\] )?", "", line.strip())
            if re.search(r"\d+ %  ", text) or line.find(" warning ") > 0:
                continue
            self.begin(text)

    def table(self):
        rows, before = [], 0.0
        for stage, after in zip(self.stages, self.stages[1:] + [None]):
            end = after["start"] if after else time.monotonic()
            wanting = [running for running, _ in stage["samples"] if running > 0]
            cpu = max((cpu for _, cpu in stage["samples"]), default=before)
            busy = sum(wanting) / len(wanting) / self.cores if wanting else float("nan")
            alone = longest = 0.0
            last = before
            for running, now in stage["samples"]:
                alone = alone + now - last if running <= 1 else 0.0
                longest, last = max(longest, alone), now
            rows.append((stage["name"], end - stage["start"], cpu - before, busy, longest))
            before = cpu
        return rows


def main(arguments):
    cores = os.cpu_count()
    if arguments[:1] == ["--cores"]:
        cores, arguments = int(arguments[1]), arguments[2:]
    if not arguments:
        sys.exit(__doc__)
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True)
    watch = Watch(process, cores)
    follower = threading.Thread(target=watch.follow)
    follower.start()
    watch.listen()
    process.wait()
    follower.join()
    print(f"load {os.getloadavg()[0]:.1f}, {cores} cores")
    print(f"{'wall':>8} {'processor':>9} {'busy':>6} {'alone':>7}  stage")
    for name, wall, cpu, busy, alone in watch.table():
        if wall < 0.02 and cpu < 0.02:
            continue
        mark = "  BELOW 85 %" if cpu > 1 and busy < LEAST else "  SERIAL" if alone > 1 else ""
        print(f"{wall:7.2f}s {cpu:8.2f}s {100 * busy:5.0f}% {alone:6.2f}s  {name}{mark}")
    sys.exit(process.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
