"""kac's program `measure --serve`, a process that is asked for times and results. Needs no packages."""

import array
import os
import subprocess
import sys
import tempfile


class Served:
    def __init__(self, program):
        self.program = program
        self.process = subprocess.Popen([program, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer:
            sys.exit(f"{self.program} ended at: {line}")
        return answer

    def seconds(self, job):
        """The time of one call."""
        return float(self.ask(f"time {job}"))

    def result(self, job):
        """The numbers that a call leaves, in the job's own order."""
        numbers = array.array("d")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "result")
            self.ask(f"result {job} {path}")
            with open(path, "rb") as file:
                numbers.frombytes(file.read())
        return numbers
