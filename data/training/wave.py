"""Writes wave.csv: 10,000 points of a noisy wave, for sweeps over the number of data."""

import math
import random

draws = random.Random(1)
with open("wave.csv", "w") as file:
    file.write("x,y\n")
    for _ in range(10_000):
        x = 2 * math.pi * draws.random()
        y = 0.5 * math.cos(x) + 0.3 * math.sin(x) + 0.05 * draws.gauss(0, 1)
        file.write(f"{x:.4f},{y:.4f}\n")
