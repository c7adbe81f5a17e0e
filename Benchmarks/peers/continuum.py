"""The limit in a given potential, 512 x 512, t = 0.5: kac beside a C kernel, numba, scipy.fft, py-pde, PyClaw and Dedalus.

    continuum.py MEASURE [--rounds R] [--only NAME] [--json FILE]

MEASURE is kac's program of the same folder's package. The equation is linear transport by grad(psi), psi = cos x + sin(x + 2y)/2, of a product of
von Mises laws. Every program's relative L1 error is found first, against the density that the flow followed backward gives at the cells' centres (SciPy's
DOP853 at 1e-11, not kac's); then kac's job of no larger error and the peer take turns, and ratios are medians of those of neighbours in
time. A first call, which compiles, is not counted, and peers of more than ten seconds have three rounds. Peers that cannot be imported are
named and left out.
"""

import argparse
import ctypes
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

# One thread each, as kac's jobs.
for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from scipy.integrate import solve_ivp  # noqa: E402

from served import Served  # noqa: E402

END = 0.5


def centres(n):
    """Angles of the cells' centres as [theta_1, theta_0]."""
    c = (np.arange(n) + 0.5) * 2 * np.pi / n
    return np.meshgrid(c, c, indexing="xy")


def initial(x, y):
    scale = (2 * np.pi * np.i0(2)) ** 2
    return np.exp(2 * np.cos(x - 1) + 2 * np.cos(y - 2.5)) / scale


def velocity(x, y):
    wave = np.cos(x + 2 * y)
    return -np.sin(x) + 0.5 * wave, wave


def backward(n):
    """The density at the centres by the flow followed backward."""
    x, y = centres(n)

    def rate(_, state):
        x, y, _ = state.reshape(3, -1)
        vx, vy = velocity(x, y)
        return np.concatenate([-vx, -vy, np.cos(x) + 2.5 * np.sin(x + 2 * y)])

    start = np.concatenate([x.ravel(), y.ravel(), np.zeros(n * n)])
    state = solve_ivp(rate, (0, END), start, method="DOP853", rtol=1e-11, atol=1e-11).y[:, -1].reshape(3, n, n)
    return initial(state[0], state[1]) * np.exp(state[2])


def averages(values):
    """Cell averages from values at centres, wave by wave."""
    n = len(values)
    k = np.fft.fftfreq(n)
    factor = np.sinc(k)
    return np.fft.ifft2(np.fft.fft2(values) * factor[:, None] * factor[None, :]).real


class CKernel:
    """MUSCL with van Leer's limiter, Heun's method, 114 steps."""

    name = "C, gcc -O3 -march=native"
    cells = 512
    steps = 114
    job = "continuum/muscl/512/1"
    seen_as = "averages"

    def __init__(self):
        source = pathlib.Path(__file__).with_name("muscl.c")
        self.folder = tempfile.TemporaryDirectory()
        library = pathlib.Path(self.folder.name) / "muscl.so"
        subprocess.run(["gcc", "-O3", "-march=native", "-shared", "-fPIC", source, "-o", library], check=True)
        self.solve = ctypes.CDLL(str(library)).solve
        pointer = np.ctypeslib.ndpointer(dtype=np.float64, flags="C_CONTIGUOUS")
        self.solve.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_double, pointer, pointer, pointer]
        self.solve.restype = None
        x, y = centres(self.cells)
        self.h = 2 * np.pi / self.cells
        self.start = averages(initial(x, y))
        self.vx = np.ascontiguousarray(velocity(x + self.h / 2, y)[0])
        self.vy = np.ascontiguousarray(velocity(x, y + self.h / 2)[1])

    def prepare(self):
        self.state = self.start.copy()

    def __call__(self):
        self.solve(self.cells, self.steps, END / self.steps / self.h, self.state, self.vx, self.vy)
        return self.state


class NumbaGalerkin:
    """The hierarchy of the moments m_k, k_0 >= 0, as loops over a short stencil; the classical Runge-Kutta method."""

    seen_as = "values"

    def __init__(self, cells):
        from numba import njit

        self.cells = cells
        self.name = f"Galerkin stencil, numba, {cells}²"
        self.job = f"continuum/galerkin/{cells}/1"
        # Those that are stable (the largest speed is 2.5 of both axes together, the method's stability ends at 2.8), and half as
        # many more for an error of 6e-10 and of 1e-7.
        self.steps = {512: 160, 128: 46}[cells]
        x, y = centres(cells)
        spectrum = np.fft.fft2(initial(x, y)) / cells**2
        half = cells // 2 - 1
        k1 = np.arange(-half, half + 1)
        shift = np.exp(1j * np.pi / cells)
        # m_k = (2 pi)^2 times the conjugate of the coefficient, from centres to the origin.
        # Real and imaginary parts with k_0 = -1 before the rows, and zeros around them.
        m = np.array(
            [[np.conj(spectrum[q, p]) * shift ** (p + q) * (2 * np.pi) ** 2 for q in k1] for p in range(half + 1)]
        )
        self.start = np.zeros((2, half + 3, 2 * half + 5))
        self.start[0, 1:-1, 2:-2], self.start[1, 1:-1, 2:-2] = m.real, m.imag
        self.half = half

        @njit(fastmath=True)
        def rhs(m, out, half):
            n = 2 * half + 1
            a, b = m[0], m[1]
            for j in range(2, n + 2):
                # m_(-1, q) is the conjugate of m_(1, -q).
                a[0, j], b[0, j] = a[2, n + 3 - j], -b[2, n + 3 - j]
            for p in range(half + 1):
                # Slices, so that no index can be negative and the loop becomes vector code.
                re, im = out[0, p + 1, 2:], out[1, p + 1, 2:]
                a1, a2, a3, a4 = a[p + 2, 2:], a[p, 2:], a[p + 2, 4:], a[p, 0:]
                b1, b2, b3, b4 = b[p + 2, 2:], b[p, 2:], b[p + 2, 4:], b[p, 0:]
                for j in range(n):
                    # V = -psi: V_(1,0) = -1/2, V_(1,2) = i/4 and their conjugates.
                    first, second = -0.5 * p, 0.25 * (p + 2 * (j - half))
                    re[j] = first * (a1[j] - a2[j]) - second * (b3[j] + b4[j])
                    im[j] = first * (b1[j] - b2[j]) + second * (a3[j] + a4[j])

        @njit(fastmath=True)
        def add(result, base, k, weight):
            for c in range(2):
                for i in range(1, base.shape[1] - 1):
                    row, start, rate = result[c, i], base[c, i], k[c, i]
                    for j in range(row.size):
                        row[j] = start[j] + weight * rate[j]

        @njit
        def solve(m, steps, dt, half):
            k, stage, total = np.zeros_like(m), np.zeros_like(m), np.zeros_like(m)
            for _ in range(steps):
                rhs(m, k, half)
                add(total, m, k, dt / 6)
                add(stage, m, k, dt / 2)
                for s in range(3):
                    rhs(stage, k, half)
                    add(total, total, k, dt / 3 if s < 2 else dt / 6)
                    add(stage, m, k, dt / 2 if s == 0 else dt)
                m[:] = total
            return m

        self.solve = solve

    def prepare(self):
        self.state = self.start.copy()

    def __call__(self):
        m = self.solve(self.state, self.steps, END / self.steps, self.half)[:, 1:-1, 2:-2]
        m = m[0] + 1j * m[1]
        n, half = self.cells, self.half
        # Half the spectrum, the last axis theta_0: the conjugates are the coefficients.
        spectrum = np.zeros((n, n // 2 + 1), dtype=complex)
        k1 = np.arange(-half, half + 1)
        phase = np.exp(1j * np.pi / n * (np.arange(half + 1)[:, None] + k1[None, :]))
        spectrum[k1 % n, : half + 1] = (np.conj(m) * phase).T
        return np.fft.irfft2(spectrum, s=(n, n)) * n**2 / (2 * np.pi) ** 2


class Spectral:
    """div(rho v) by transforms, the classical Runge-Kutta method."""

    name = "scipy.fft, pseudo-spectral"
    cells = 512
    steps = 160
    job = "continuum/galerkin/512/1"
    seen_as = "values"

    def __init__(self):
        from scipy import fft

        n = self.cells
        self.fft = fft
        x, y = centres(n)
        self.start = initial(x, y)
        self.vx, self.vy = velocity(x, y)
        self.k0 = 1j * np.arange(n // 2 + 1)[None, :]
        self.k1 = 1j * (np.fft.fftfreq(n) * n)[:, None]

    def rate(self, rho):
        spectrum = self.k0 * self.fft.rfft2(rho * self.vx, workers=1) + self.k1 * self.fft.rfft2(rho * self.vy, workers=1)
        return -self.fft.irfft2(spectrum, s=rho.shape, workers=1)

    def prepare(self):
        pass

    def __call__(self):
        rho, dt = self.start, END / self.steps
        for _ in range(self.steps):
            a = self.rate(rho)
            b = self.rate(rho + dt / 2 * a)
            c = self.rate(rho + dt / 2 * b)
            d = self.rate(rho + dt * c)
            rho = rho + dt / 6 * (a + 2 * b + 2 * c + d)
        return rho


class PyPde:
    """Central differences, the classical Runge-Kutta method."""

    name = "py-pde"
    cells = 512
    steps = 114
    job = "continuum/muscl/512/1"
    seen_as = "values"

    def __init__(self):
        import pde

        n = self.cells
        grid = pde.CartesianGrid([[0, 2 * np.pi]] * 2, n, periodic=True)
        x, y = centres(n)
        vx, vy = velocity(x, y)
        # Its first axis is theta_0.
        consts = {"vx": pde.ScalarField(grid, vx.T), "vy": pde.ScalarField(grid, vy.T)}
        self.equation = pde.PDE({"c": "-d_dx(vx * c) - d_dy(vy * c)"}, consts=consts, bc="periodic")
        self.start = pde.ScalarField(grid, initial(x, y).T)
        stepper = pde.RungeKuttaSolver if hasattr(pde, "RungeKuttaSolver") else None
        options = {"solver": stepper(self.equation, backend="numba")} if stepper else {"solver": "runge-kutta"}
        # Compiled once: the controller keeps its stepper.
        solver = options["solver"]
        self.step = solver.make_stepper(self.start, dt=END / self.steps) if stepper else None
        self.pde = pde

    def prepare(self):
        self.state = self.start.copy()

    def __call__(self):
        if self.step is not None:
            self.step(self.state, 0, END)
            return self.state.data.T
        result = self.equation.solve(
            self.state, t_range=END, dt=END / self.steps, solver="runge-kutta", adaptive=False, tracker=None
        )
        return result.data.T


class PyClaw:
    """Wave propagation with f-waves, whose Riemann solver is `transport.f90`, or SharpClaw's WENO5 with the advective solver that
    comes with it and -rho div(v) as a source."""

    cells = 512
    seen_as = "averages"

    def __init__(self, kind):
        # It writes a log file where it is imported.
        here = os.getcwd()
        self.folder = tempfile.TemporaryDirectory()
        os.chdir(self.folder.name)
        try:
            from clawpack import pyclaw, riemann

            if kind == "classic":
                source = pathlib.Path(__file__).with_name("transport.f90")
                command = [sys.executable, "-m", "numpy.f2py", "-c", source, "-m", "transport", "--opt=-O3 -march=native"]
                # Since Python 3.12 it calls meson, which lies beside Python in a virtual environment.
                path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}"
                done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path})
                if done.returncode:
                    raise ImportError(f"f2py does not compile {source.name}: {done.stdout[-300:]}{done.stderr[-300:]}")
                sys.path.insert(0, self.folder.name)
                import transport
        finally:
            os.chdir(here)
        n = self.cells
        x, y = centres(n)
        h = 2 * np.pi / n
        # Its first axis is theta_0.
        middle = [v.T for v in velocity(x, y)]
        lower = [velocity(x - h / 2, y)[0].T, velocity(x, y - h / 2)[1].T]
        if kind == "classic":
            self.name = "PyClaw, f-waves, MC"
            self.job = "continuum/muscl/512/1"
            self.aux = middle + lower
            solver = pyclaw.ClawSolver2D(transport)
            solver.fwave, solver.num_waves = True, 1
            solver.limiters = pyclaw.limiters.tvd.MC
            solver.dimensional_split, solver.transverse_waves = False, 2
            solver.cfl_desired, solver.cfl_max = 0.9, 1.0
        else:
            self.name = "PyClaw, SharpClaw, WENO5"
            self.job = "continuum/weno5/128/1"
            # Inside a cell the velocity is that of its centre.
            self.aux = middle
            solver = pyclaw.SharpClawSolver2D(riemann.vc_advection_2D)
            solver.weno_order, solver.time_integrator = 5, "SSP104"
            solver.dq_src = self.source
            solver.cfl_desired, solver.cfl_max = 2.4, 2.5
        solver.all_bcs = pyclaw.BC.periodic
        solver.aux_bc_lower = solver.aux_bc_upper = [pyclaw.BC.periodic] * 2
        solver.dt_variable = True
        self.pyclaw, self.solver = pyclaw, solver
        self.domain = pyclaw.Domain([pyclaw.Dimension(0, 2 * np.pi, n, name=axis) for axis in "xy"])
        self.start = averages(initial(x, y)).T
        self.divergence = averages(-np.cos(x) - 2.5 * np.sin(x + 2 * y)).T
        self.solution = None

    def source(self, _, state, dt):
        return (-dt * self.divergence * state.q[0])[None]

    def prepare(self):
        if self.solution is None:
            state = self.pyclaw.State(self.domain, 1, num_aux=len(self.aux))
            for place, values in enumerate(self.aux):
                state.aux[place] = values
            self.solution = self.pyclaw.Solution(state, self.domain)
            self.solver.setup(self.solution)
        self.solution.state.q[0] = self.start
        self.solution.t = 0.0
        self.solver.dt = 0.5 * 2 * np.pi / self.cells / 1.5

    def __call__(self):
        before = self.solver.status["numsteps"]
        self.solver.evolve_to_time(self.solution, END)
        self.steps = self.solver.status["numsteps"] - before
        return self.solution.state.q[0].T


class Dedalus:
    """A Fourier basis along both axes, the Runge-Kutta method of order 3 with its implicit part empty."""

    name = "Dedalus"
    cells = 512
    steps = 208
    job = "continuum/galerkin/512/1"
    seen_as = "values"

    def __init__(self):
        import logging

        import dedalus.public as d3

        for logger in [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]:
            logger.setLevel(logging.ERROR)
        n = self.cells
        coordinates = d3.CartesianCoordinates("x", "y")
        distributor = d3.Distributor(coordinates, dtype=np.float64)
        bases = [d3.RealFourier(coordinates[axis], size=n, bounds=(0, 2 * np.pi), dealias=1) for axis in "xy"]
        c = distributor.Field(name="c", bases=bases)
        v = distributor.VectorField(coordinates, name="v", bases=bases)
        x, y = distributor.local_grids(*bases)
        # Its grid begins at 0: values there are compared, moved to the centres by their waves.
        v["g"][0], v["g"][1] = velocity(x, y)
        self.start = initial(x, y)
        problem = d3.IVP([c], namespace={"c": c, "v": v, "div": d3.div})
        problem.add_equation("dt(c) = -div(c*v)")
        self.solver = problem.build_solver(d3.RK443)
        self.c = c

    def prepare(self):
        self.c.change_scales(1)
        self.c["g"] = self.start
        self.solver.sim_time = self.solver.initial_sim_time = 0.0

    def __call__(self):
        for _ in range(self.steps):
            self.solver.step(END / self.steps)
        self.c.change_scales(1)
        return self.c["g"]

    def seen(self, numbers):
        """Values at the centres."""
        n = len(numbers)
        k = np.fft.fftfreq(n) * n
        turn = np.exp(1j * np.pi / n * k)
        turn[n // 2] = 0
        return np.fft.ifft2(np.fft.fft2(numbers) * turn[:, None] * turn[None, :]).real.T


class Kac(Served):
    def result(self, job):
        numbers = np.array(super().result(job))
        n = int(round(len(numbers) ** 0.5))
        return numbers.reshape(n, n)


def peers():
    yield "C", CKernel
    yield "numba", lambda: NumbaGalerkin(512)
    yield "numba", lambda: NumbaGalerkin(128)
    yield "scipy", Spectral
    yield "py-pde", PyPde
    yield "clawpack", lambda: PyClaw("classic")
    yield "clawpack", lambda: PyClaw("weno5")
    yield "dedalus", Dedalus


def span(seconds):
    """Median and range of sorted times."""

    def text(number):
        return f"{number:.3g} s" if number >= 1 else f"{number * 1e3:.3g} ms"

    return f"{text(statistics.median(seconds))} ({text(seconds[0])} to {text(seconds[-1])})"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("measure")
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--json")
    arguments.add_argument("--only", default="", help="peers whose name begins so")
    arguments = arguments.parse_args()
    kac = Kac(arguments.measure)
    exact = {}

    def error(numbers, seen_as):
        n = len(numbers)
        if n not in exact:
            values = backward(n)
            exact[n] = {"values": values, "averages": averages(values)}
        reference = exact[n][seen_as]
        return float(np.abs(numbers - reference).sum() / np.abs(reference).sum())

    # kac's own jobs, cell averages all but the characteristics.
    jobs = ["muscl/512/1", "weno5/512/1", "weno5/128/1", "galerkin/512/1", "galerkin/128/1", "characteristics/512/1"]
    errors = {}
    for job in (f"continuum/{name}" for name in jobs):
        errors[job] = error(kac.result(job), "values" if "characteristics" in job else "averages")
        print(f"kac {job}: relative L1 error {errors[job]:.1e}", file=sys.stderr)
    rows = []
    print("| peer | steps | error | median (range) | kac | error | median (range) | ratio |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for package, make in peers():
        if not package.startswith(arguments.only):
            continue
        try:
            peer = make()
            peer.prepare()
            numbers = np.array(peer())
            its_error = error(peer.seen(numbers) if hasattr(peer, "seen") else numbers, peer.seen_as)
        except ImportError as problem:
            print(f"continuum.py: {package} is left out: {problem}", file=sys.stderr)
            continue
        if not its_error < 0.01:
            sys.exit(f"continuum.py: {peer.name} is {its_error} off: nothing is timed")
        # No worse than the peer, and the fastest of those in the peer's class.
        job = peer.job if errors[peer.job] <= 1.05 * its_error else "continuum/characteristics/512/1"
        times = {"peer": [], "kac": []}
        started = time.perf_counter()
        peer.prepare()
        peer()
        rounds = min(arguments.rounds, 3) if time.perf_counter() - started > 10 else arguments.rounds
        for _ in range(rounds):
            times["kac"].append(kac.seconds(job))
            peer.prepare()
            start = time.perf_counter()
            peer()
            times["peer"].append(time.perf_counter() - start)
        rows.append(
            {
                "peer": peer.name,
                "error": its_error,
                "seconds": sorted(times["peer"]),
                "steps": peer.steps,
                "job": job,
                "kac_error": errors[job],
                "kac_seconds": sorted(times["kac"]),
                "ratio": statistics.median(p / k for p, k in zip(times["peer"], times["kac"])),
            }
        )
        row = rows[-1]
        print(
            f"| {row['peer']} | {row['steps']} | {row['error']:.1e} | {span(row['seconds'])} | `{row['job']}`"
            f" | {row['kac_error']:.1e} | {span(row['kac_seconds'])} | {row['ratio']:.3g} |",
            flush=True,
        )
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
