"""Open run files as VTKHDF, openPMD and XDMF, and compare every value with the master data as h5py sees them.

Usage: python check_views.py RUN.h5 [RUN.h5 ...]

The sidecars have to lie beside the run file. Prints a line a reader and exits with 1 when one of them cannot read a file, or
reads something else. yt opens such files as well, but its reader of particles does not work even on the standard's own examples.
"""

import os
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np
import openpmd_api
import pyvista
import vtk
from openpmd_viewer import OpenPMDTimeSeries
from vtkmodules.util.numpy_support import vtk_to_numpy

AXES = ("x", "y", "z")


def require(condition, message):
    if not condition:
        raise AssertionError(message)


class Master:
    """The master data of a run file."""

    def __init__(self, path):
        self.path = path
        self.stem = os.path.splitext(path)[0]
        with h5py.File(path, "r") as file:
            self.time = file["time"][()]
            self.density = file["density"][()]
            self.axes = AXES[: self.density.ndim - 1]
            self.potential = file["potential"][()] if "potential" in file else None
            self.velocity = None
            if "velocity_x" in file:
                self.velocity = [file[f"velocity_{axis}"][()] for axis in self.axes]
            self.experts = None
            if "expert" in file:
                self.experts = {axis: file[f"expert_{axis}"][()] for axis in self.axes}
                self.weight = file["expert_weight"][()]
            self.iterations = sorted(int(name) for name in file["data"])
        self.spacing = [2 * np.pi / n for n in self.density.shape[1:]]


def blocks(data):
    """The parts of what a VTK reader gives."""
    if data is not None and data.IsA("vtkCompositeDataSet"):
        iterator = data.NewIterator()
        iterator.InitTraversal()
        while not iterator.IsDoneWithTraversal():
            yield from blocks(iterator.GetCurrentDataObject())
            iterator.GoToNextItem()
    elif data is not None:
        yield data


def check_image(master, data, output, thickness):
    values = vtk_to_numpy(data.GetCellData().GetArray("density"))
    require(np.array_equal(values, master.density[output].ravel()), f"the density at output {output}")
    if master.potential is not None:
        values = vtk_to_numpy(data.GetCellData().GetArray("potential"))
        require(np.array_equal(values, master.potential[output].ravel()), f"the potential at output {output}")
    if master.velocity is not None:
        vectors = data.GetCellData().GetArray("velocity")
        for axis, wanted in enumerate(master.velocity):
            # XDMF has the components as scalars.
            values = (vtk_to_numpy(vectors)[:, axis] if vectors
                      else vtk_to_numpy(data.GetCellData().GetArray(f"velocity_{master.axes[axis]}")))
            require(np.array_equal(values, wanted[output].ravel()), f"the velocity along {axis} at output {output}")
        require(not vectors or (vtk_to_numpy(vectors)[:, len(master.axes):] == 0).all(), "axes that are not there")
    bounds = np.array(data.GetBounds()).reshape(3, 2)
    for axis in range(3):
        length = 2 * np.pi if axis < len(master.axes) else thickness
        require(np.allclose(bounds[axis], [0, length]), f"the bounds {bounds[axis]} of axis {axis}")


def check_points(master, data, output):
    points = vtk_to_numpy(data.GetPoints().GetData())
    wanted = [master.experts[axis][output] for axis in master.axes]
    require(points.shape == (len(wanted[0]), 3), f"{points.shape} points")
    for axis in range(3):
        same = np.allclose(points[:, axis], wanted[axis] if axis < len(wanted) else 0, rtol=1e-6, atol=0)
        require(same, f"axis {axis} of the points at output {output}")
    weights = vtk_to_numpy(data.GetPointData().GetArray("weight"))
    require(np.array_equal(weights, master.weight[output]), f"the weights at output {output}")
    require(data.GetNumberOfCells() == len(points), "a vertex an expert")


def check_steps(master, reader, wanted, outputs=None, thickness=0):
    """Every step of a temporal reader of VTK."""
    reader.UpdateInformation()
    steps = reader.GetOutputInformation(0).Get(vtk.vtkStreamingDemandDrivenPipeline.TIME_STEPS())
    outputs = range(len(master.time)) if outputs is None else outputs
    if steps is None and len(master.time) == 1:
        steps = master.time
    require(steps is not None and np.allclose(steps, master.time[list(outputs)]), f"the steps {steps}")
    for output in outputs:
        reader.UpdateTimeStep(master.time[output])
        found = set()
        for data in blocks(reader.GetOutputDataObject(0)):
            if data.IsA("vtkImageData"):
                check_image(master, data, output, thickness)
                found.add("density")
            else:
                check_points(master, data, output)
                found.add("experts")
        require(found == wanted, f"found {found}, expected {wanted}")
    return f"{len(list(outputs))} steps"


def kinds(master):
    return [("vtkhdf", {"density"})] + ([("experts.vtkhdf", {"experts"})] if master.experts else [])


def check_vtkhdf(master):
    said = []
    for suffix, wanted in kinds(master):
        reader = vtk.vtkHDFReader()
        reader.SetFileName(f"{master.stem}.{suffix}")
        said.append(f"{suffix} {check_steps(master, reader, wanted)}")
    return ", ".join(said)


def check_pyvista(master):
    said = []
    for suffix, wanted in kinds(master):
        path = f"{master.stem}.{suffix}"
        first = type(pyvista.read(path)).__name__
        said.append(f"{suffix} {first} {check_steps(master, pyvista.get_reader(path).reader, wanted)}")
    return ", ".join(said)


def check_xdmf(master):
    reader = vtk.vtkXdmfReader()
    reader.SetFileName(f"{master.stem}.xdmf")
    wanted = {"density"} | ({"experts"} if master.experts else set())
    # Grids of fewer axes are a cell of length 1 thick.
    return check_steps(master, reader, wanted, outputs=master.iterations, thickness=1)


def check_validator(master):
    tool = os.path.join(sys.prefix, "bin", "openPMD_check_h5")
    result = subprocess.run([tool, "-i", master.path], capture_output=True, text=True, check=False)
    last = result.stdout.strip().splitlines()[-1]
    said = [line for line in result.stdout.splitlines() if line.startswith(("Error", "Warning"))]
    require(result.returncode == 0 and last == "Result: 0 Errors and 0 Warnings.", f"{last} {said[:5]}")
    return last


def check_openpmd_api(master):
    series = openpmd_api.Series(master.path, openpmd_api.Access.read_only)
    require(list(series.iterations) == master.iterations, "the iterations")
    for output in master.iterations:
        iteration = series.iterations[output]
        require(iteration.time == master.time[output], f"the time of iteration {output}")
        mesh = iteration.meshes["density"]
        require(list(mesh.axis_labels) == list(reversed(master.axes)), f"the axes {mesh.axis_labels}")
        require(np.allclose(mesh.grid_spacing, master.spacing, rtol=1e-15), f"the spacing {mesh.grid_spacing}")
        chunks = [mesh[openpmd_api.Mesh_Record_Component.SCALAR].load_chunk()]
        wanted = [master.density[output]]
        if master.potential is not None:
            chunks.append(iteration.meshes["potential"][openpmd_api.Mesh_Record_Component.SCALAR].load_chunk())
            wanted.append(master.potential[output])
        if master.velocity is not None:
            chunks += [iteration.meshes["velocity"][axis].load_chunk() for axis in master.axes]
            wanted += [component[output] for component in master.velocity]
        if master.experts:
            species = iteration.particles["experts"]
            for axis in master.axes:
                chunks += [species["position"][axis].load_chunk(), species["positionOffset"][axis].load_chunk()]
                wanted += [master.experts[axis][output], np.zeros_like(master.weight[output])]
            scalar = openpmd_api.Mesh_Record_Component.SCALAR
            chunks += [species["weighting"][scalar].load_chunk(), species["id"][scalar].load_chunk()]
            wanted += [master.weight[output], np.arange(len(master.weight[output]))]
        series.flush()
        for found, value in zip(chunks, wanted):
            require(np.array_equal(found, value), f"the values of iteration {output}")
    return f"{openpmd_api.__version__}, {len(master.iterations)} iterations"


def check_openpmd_viewer(master):
    # The viewer takes all files of a folder for one series.
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(master.path, folder)
        series = OpenPMDTimeSeries(folder, backend="h5py", check_all_files=True)
        require(np.array_equal(series.t, master.time[master.iterations]), f"the times {series.t}")
        output = master.iterations[-1]
        field, axes = series.get_field("density", iteration=output)
        require(np.array_equal(field, master.density[output]), "the density")
        require(set(axes.axes.values()) == set(master.axes), f"the axes {axes.axes}")
        for axis, component in zip(master.axes, master.velocity or []):
            field, _ = series.get_field("velocity", axis, iteration=output)
            require(np.array_equal(field, component[output]), f"the velocity along {axis}")
        if master.experts:
            found = series.get_particle([*master.axes, "w"], species="experts", iteration=output)
            wanted = [master.experts[axis][output] for axis in master.axes] + [master.weight[output]]
            for values, expected in zip(found, wanted):
                require(np.array_equal(values, expected), "the experts")
    return f"{len(series.t)} iterations"


def main(paths):
    checks = [
        ("vtkHDFReader", check_vtkhdf), ("PyVista", check_pyvista), ("vtkXdmfReader", check_xdmf),
        ("openPMD-validator", check_validator), ("openpmd-api", check_openpmd_api),
        ("openPMD-viewer", check_openpmd_viewer),
    ]
    failures = 0
    for path in paths:
        master = Master(path)
        for name, check in checks:
            try:
                print(f"[OK ] {path}: {name}: {check(master)}")
            except Exception as error:  # whatever a reader throws is a failure of the file
                failures += 1
                print(f"[BAD] {path}: {name}: {type(error).__name__}: {str(error)[:500]}")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
