"""Open run files with the readers that people use, and compare every value with what h5py sees.

Usage: python check_root_view.py RUN.h5 [RUN.h5 ...]

Prints a line a reader and exits with 1 when one of them cannot read a file, or reads something else. Sizes, the number
of angles and the optional parts (experts, training data, tables) are taken from the file itself.
"""

import sys

import h5py
import numpy as np
import xarray as xr

AXES = ("x", "y", "z")


def require(condition, message):
    if not condition:
        raise AssertionError(message)


def text(value):
    """A text, whether a reader gives it as bytes or as a string."""
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def plain(values):
    """Texts as strings; numbers as they are."""
    values = np.asarray(values)
    return np.array([text(v) for v in values.ravel()]) if values.dtype.kind in "SUOT" else values


def dimensions(file):
    """The axes that a run file promises for each array in its root."""
    angles = AXES[: file["density"].ndim - 1]
    expected = {"time": ("time",), "density": ("time", *reversed(angles))}
    expected |= {axis: (axis,) for axis in angles}
    for name in ["potential", *(f"velocity_{axis}" for axis in angles)]:
        if name in file:
            expected[name] = expected["density"]
    if "expert" in file:
        expected["expert"] = ("expert",)
        expected |= {f"expert_{axis}": ("time", "expert") for axis in angles}
        expected["expert_weight"] = ("time", "expert")
    if "datum" in file:
        expected["datum"] = ("datum",)
        if "function" in file:
            expected["function"] = ("time", "datum")
    for name, item in file.items():
        if isinstance(item, h5py.Dataset) and name not in expected:
            expected[name] = ("time",) if item.maxshape == (None,) else ("datum",)
    return expected


def check_with_h5py(path):
    """The file itself: types, scales, chunks, texts."""
    with h5py.File(path, "r") as file:
        expected = dimensions(file)
        for name, axes in expected.items():
            item = file[name]
            wanted = "<i8" if name in ("expert", "datum") else "<f8"
            require(item.dtype == np.dtype(wanted), f"{name} holds {item.dtype}, expected {wanted}")
            require(item.ndim == len(axes), f"{name} has {item.ndim} axes, expected {axes}")
            require(item.fletcher32, f"{name} has no checksum")
            if item.is_scale:
                require(name == axes[0], f"{name} is a scale")
            else:
                found = tuple(item.dims[i][0].name.lstrip("/") for i in range(item.ndim))
                require(found == axes, f"{name} has the scales {found}, expected {axes}")
            require((item.maxshape[0] is None) == (axes[0] == "time"), f"{name} may grow: {item.maxshape}")
        density = file["density"]
        require(density.chunks[0] == 1 and density.compression == "gzip" and density.shuffle, "the density's chunks")
        require(text(density.attrs["units"]) == f"radian^-{density.ndim - 1}", "the density's units")
        for axis in AXES[: density.ndim - 1]:
            n = len(file[axis])
            require(np.allclose(file[axis], 2 * np.pi * (np.arange(n) + 0.5) / n, rtol=1e-15), f"centres of {axis}")
            require(file[axis].attrs["period"] == 2 * np.pi, f"period of {axis}")
            require(text(file[axis].attrs["units"]) == "radian", f"units of {axis}")
        for name in ("title", "software", "softwareVersion", "date", "experiment"):
            require(name in file.attrs, f"no attribute {name}")
            kind = file.attrs.get_id(name).get_type()
            require(kind.get_class() == h5py.h5t.STRING and not kind.is_variable_str(), f"the type of {name}")
            require(file.attrs.get_id(name).shape == (), f"{name} is no scalar")
        return f"{len(expected)} arrays, density {density.shape}"


def check_root(path, engine):
    """The root group through xarray."""
    with h5py.File(path, "r") as file, xr.open_dataset(path, engine=engine) as data:
        expected = dimensions(file)
        require(set(data.variables) == set(expected), f"found {sorted(data.variables)}, expected {sorted(expected)}")
        for name, axes in expected.items():
            require(data[name].dims == axes, f"{name} has the axes {data[name].dims}, expected {axes}")
            require(np.array_equal(data[name].values, file[name][()], equal_nan=True), f"the values of {name}")
            require((name in data.coords) == (axes == (name,)), f"{name} as a coordinate")
            for attribute in ("units", "long_name", "period"):
                if attribute in file[name].attrs:
                    wanted, found = file[name].attrs[attribute], data[name].attrs[attribute]
                    same = text(found) == text(wanted) if isinstance(wanted, (bytes, str)) else found == wanted
                    require(same, f"{attribute} of {name}")
        for name, wanted in file.attrs.items():
            same = text(data.attrs[name]) == text(wanted) if isinstance(wanted, (bytes, str)) else (
                data.attrs[name] == wanted)
            require(same, f"the attribute {name}")
        return f"{dict(data.sizes)}"


def check_tables(path, engine):
    """Every table through xarray."""
    with h5py.File(path, "r") as file:
        names = list(file["tables"]) if "tables" in file else []
        for name in names:
            columns = file["tables"][name]
            (scale,) = (c for c in columns if columns[c].is_scale)
            with xr.open_dataset(path, engine=engine, group=f"tables/{name}") as data:
                require(set(data.variables) == set(columns), f"{name} has the columns {sorted(data.variables)}")
                for column, item in columns.items():
                    require(data[column].dims == (scale,), f"{name}/{column} has the axes {data[column].dims}")
                    found, wanted = plain(data[column].values), plain(item[()])
                    same = np.array_equal(found, wanted, equal_nan=wanted.dtype.kind == "f")
                    require(same, f"the values of {name}/{column}: {found}, expected {wanted}")
    return ", ".join(names) if names else "no tables"


def check_ensembles(path, engine):
    """Every ensemble through xarray."""
    with h5py.File(path, "r") as file:
        sizes = file["ensembles"] if "ensembles" in file else {}
        names = [f"ensembles/{size}/{name}" for size in sizes for name in sizes[size] if name != "expert"]
        for name in names:
            arrays = file[name]
            count = int(name.split("/")[1].removeprefix("n"))
            require(set(arrays) == {key for key in file if key.startswith("expert_")}, f"{name} has {sorted(arrays)}")
            with xr.open_dataset(path, engine=engine, group=name) as data:
                for key, item in arrays.items():
                    require(data[key].dims == ("time", "expert"), f"{name}/{key} has the axes {data[key].dims}")
                    require(data[key].shape == (len(file["time"]), count), f"{name}/{key} has the shape {data[key].shape}")
                    require(np.array_equal(data[key].values, item[()]), f"the values of {name}/{key}")
    return f"{len(names)} ensembles" if names else "no ensembles"


def main(paths):
    failures = 0
    checks = [("h5py", check_with_h5py)]
    for engine in ("h5netcdf", "netcdf4"):
        checks.append((f"xarray {engine}, root", lambda path, engine=engine: check_root(path, engine)))
        checks.append((f"xarray {engine}, tables", lambda path, engine=engine: check_tables(path, engine)))
        checks.append((f"xarray {engine}, ensembles", lambda path, engine=engine: check_ensembles(path, engine)))
    for path in paths:
        for name, check in checks:
            try:
                print(f"[OK ] {path}: {name}: {check(path)}")
            except Exception as error:  # whatever a reader throws is a failure of the file
                failures += 1
                print(f"[BAD] {path}: {name}: {type(error).__name__}: {error}")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
