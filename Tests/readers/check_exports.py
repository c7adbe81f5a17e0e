"""Export run files in every format, and compare what readers see with the master data as h5py sees them.

Usage: python check_exports.py KAC RUN.h5 [RUN.h5 ...]

KAC is the tool. Each run is exported whole and at some of its times. Prints a line a format and exits with 1 when a reader
cannot read a file, or reads something else.
"""

import csv
import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import pyvista
import vtk
import xarray as xr
from vtkmodules.util.numpy_support import vtk_to_numpy

AXES = ("x", "y", "z")


def require(condition, message):
    if not condition:
        raise AssertionError(message)


def plain(values):
    return np.array([v.decode() for v in values]) if values.dtype.kind == "S" else values


class Master:
    """Some outputs of a run file."""

    def __init__(self, path, outputs):
        with h5py.File(path, "r") as file:
            self.time = file["time"][()][outputs]
            self.density = file["density"][()][outputs]
            axes = AXES[: self.density.ndim - 1]
            self.experts = None
            if "expert" in file:
                self.experts = np.stack([file[f"expert_{axis}"][()][outputs] for axis in axes])
                self.weight = file["expert_weight"][()][outputs]
            self.loss = file["loss"][()][outputs]
            self.function = file["function"][()][outputs] if "function" in file else None
            self.tables = {
                name: {column: plain(values[()]) for column, values in table.items()}
                for name, table in file.get("tables", {}).items()
            }


def equal(found, expected):
    found, expected = np.asarray(found), np.asarray(expected)
    return found.shape == expected.shape and (
        np.array_equal(found, expected, equal_nan=True) if expected.dtype.kind == "f" else (found == expected).all()
    )


def check_npz(master, files):
    require(len(files) == 1, f"files {files}")
    with np.load(files[0]) as arrays:
        require(equal(arrays["time"], master.time), "time")
        # Axis 0 is theta_0 and the last axis is the time: the file's axes the other way round.
        require(equal(arrays["density"], master.density.T), "density")
        require(equal(arrays["theta0"], 2 * np.pi * (np.arange(master.density.shape[-1]) + 0.5) / master.density.shape[-1]), "theta0")
        if master.experts is not None:
            require(equal(arrays["experts"], master.experts.transpose(2, 0, 1)), "experts")
            require(equal(arrays["expert_weight"], master.weight.T), "weights")
        if master.function is not None:
            require(equal(arrays["function"], master.function.T), "function")
        require(equal(arrays["loss"], master.loss), "loss")
        for name, table in master.tables.items():
            for column, values in table.items():
                require(equal(plain(arrays[f"{name}.{column}"]), values), f"{name}.{column}")


def check_netcdf(master, files):
    require(len(files) == 1, f"files {files}")
    for engine in ("h5netcdf", "netcdf4"):
        with xr.open_dataset(files[0], engine=engine) as data:
            require(equal(data.density.values, master.density), f"{engine}: density")
            require(equal(data.time.values, master.time), f"{engine}: time")
            require(equal(data.loss.values, master.loss), f"{engine}: loss")


def check_csv(master, files):
    tables = {}
    for path in files:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        tables[path.split(".")[-2]] = {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}

    def numbers(table, column):
        return np.array([float(value) for value in tables[table][column]])

    cells = master.density[0].size
    require(equal(numbers("density", "density"), master.density.reshape(-1)), "density")
    require(("time" in tables["density"]) == (len(master.time) > 1), "a column time where there are several")
    if len(master.time) > 1:
        require(equal(numbers("density", "time"), np.repeat(master.time, cells)), "times of the density")
    # theta_0 is the fastest.
    n = master.density.shape[-1]
    require(equal(numbers("density", "theta0")[:n], 2 * np.pi * (np.arange(n) + 0.5) / n), "theta0")
    require(equal(numbers("series", "loss"), master.loss), "loss")
    if master.experts is not None:
        for axis, values in enumerate(master.experts):
            require(equal(numbers("experts", f"theta{axis}"), values.reshape(-1)), f"experts' theta{axis}")
        require(equal(numbers("experts", "weight"), master.weight.reshape(-1)), "weights")
    for name, table in master.tables.items():
        for column, values in table.items():
            found = tables[name][column] if values.dtype.kind in "UO" else numbers(name, column)
            require(equal(np.array(found), values), f"{name}.{column}")


def image_steps(path):
    """The density of every step of a VTKHDF file."""
    reader = vtk.vtkHDFReader()
    reader.SetFileName(path)
    reader.UpdateInformation()
    for step in range(max(1, reader.GetNumberOfSteps())):
        reader.SetStep(step)
        reader.Update()
        yield vtk_to_numpy(reader.GetOutput().GetCellData().GetArray("density")).copy()


def check_vtkhdf(master, files):
    image = [path for path in files if not path.endswith(".experts.vtkhdf")]
    require(len(image) == 1, f"files {files}")
    steps = list(image_steps(image[0]))
    require(len(steps) == len(master.time), f"{len(steps)} steps")
    for index, (values, density) in enumerate(zip(steps, master.density)):
        require(equal(values, density.reshape(-1)), f"density at output {index}")
    require(pyvista.read(image[0]).n_cells == master.density[0].size, "PyVista's cells")
    if master.experts is not None:
        reader = vtk.vtkHDFReader()
        reader.SetFileName(next(path for path in files if path.endswith(".experts.vtkhdf")))
        reader.UpdateInformation()
        for index in range(len(master.time)):
            reader.SetStep(index)
            reader.Update()
            output = reader.GetOutput()
            if output.IsA("vtkPartitionedDataSet"):
                output = output.GetPartition(0)
            points = vtk_to_numpy(output.GetPoints().GetData())
            dimension = len(master.experts)
            require(equal(points[:, :dimension].T, master.experts[:, index]), f"experts at output {index}")
            require((points[:, dimension:] == 0).all(), "axes that are not there")


def check_xdmf(master, files):
    require(len(files) == 1, f"files {files}")
    reader = vtk.vtkXdmfReader()
    reader.SetFileName(files[0])
    reader.UpdateInformation()
    information = reader.GetOutputInformation(0)
    times = information.Get(vtk.vtkStreamingDemandDrivenPipeline.TIME_STEPS()) or [master.time[0]]
    require(np.allclose(times, master.time, rtol=1e-15, atol=0), f"times {times}")
    for time, density in zip(master.time, master.density):
        information.Set(vtk.vtkStreamingDemandDrivenPipeline.UPDATE_TIME_STEP(), time)
        reader.Update()
        block = reader.GetOutputDataObject(0)
        while not block.IsA("vtkDataSet"):
            block = block.GetBlock(0)
        values = vtk_to_numpy(block.GetCellData().GetArray("density"))
        require(equal(values, density.reshape(-1)), f"density at t = {time}")


CHECKS = {"npz": check_npz, "netcdf": check_netcdf, "csv": check_csv, "vtkhdf": check_vtkhdf, "xdmf": check_xdmf}


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    tool = os.path.abspath(arguments[0])
    failures = 0
    for path in map(os.path.abspath, arguments[1:]):
        with h5py.File(path, "r") as file:
            count = len(file["time"])
            times = file["time"][()]
        for outputs in [list(range(count)), [count - 1], sorted({0, count // 2})]:
            for kind, check in CHECKS.items():
                label = f"{kind:8} {len(outputs):3} of {count} outputs of {path}"
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        process = subprocess.run(
                            [tool, "export", path, "--to", kind, "-o", os.path.join(folder, "part")]
                            + ["--times", ",".join(repr(float(times[i])) for i in outputs)],
                            capture_output=True, text=True, check=False, cwd=folder)
                        require(process.returncode == 0, process.stderr)
                        files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
                        check(Master(path, outputs), files)
                        print(f"ok    {label}")
                    except Exception as error:  # every reader has errors of its own
                        failures += 1
                        print(f"WRONG {label}: {type(error).__name__}: {error}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
