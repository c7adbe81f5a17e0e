"""Writes teacher.csv and teacher-test.csv: what one product neuron of six angles says, the teacher, at 40 and at 400 random inputs."""

import math
import random

draws = random.Random(1)
teacher = [2 * math.pi * draws.random() for _ in range(6)]
for name, count in (("teacher.csv", 40), ("teacher-test.csv", 400)):
    with open(name, "w") as file:
        file.write(",".join(f"x{p}" for p in range(6)) + ",y\n")
        for _ in range(count):
            x = [2 * math.pi * draws.random() for _ in range(6)]
            y = math.prod(math.cos(a - b) for a, b in zip(teacher, x))
            file.write(",".join(f"{value:.4f}" for value in x) + f",{y:.6f}\n")
