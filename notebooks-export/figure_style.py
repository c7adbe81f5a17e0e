"""What the figures share: where their data are, size, type and colours, and files that are the same to the byte for the same data."""

import json
import os
import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pandas  # noqa: E402
import xarray  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[1]
# `make figures` says which; a notebook that is opened by hand takes the full data where they are there.
FULL, FAST = ROOT / "build/figures/full", ROOT / "build/figures/fast"
DATA = pathlib.Path(os.environ.get("KAC_FIGURE_DATA", FULL if FULL.exists() else FAST)).resolve()
FIGURES = pathlib.Path(os.environ.get("KAC_FIGURES", ROOT / "notebooks-export/figures")).resolve()

# A column of a two-column journal, in inches.
WIDTH = 3.375

# Okabe, Ito, *Color universal design*, 2008: told apart by all eyes.
BLUE, ORANGE, GREEN, VERMILLION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, BLACK = "#56B4E9", "#CC79A7", "#F0E442", "#000000"
CYCLE = [BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, BLACK]

plt.rcParams.update(
    {
        "font.family": "STIXGeneral",
        "mathtext.fontset": "stix",
        "font.size": 8,
        "axes.labelsize": 8,
        "axes.titlesize": 8,
        "legend.fontsize": 7,
        "xtick.labelsize": 7,
        "ytick.labelsize": 7,
        "axes.linewidth": 0.6,
        "axes.prop_cycle": matplotlib.cycler(color=CYCLE),
        "lines.linewidth": 1.0,
        "lines.markersize": 3,
        "errorbar.capsize": 1.5,
        "xtick.direction": "in",
        "ytick.direction": "in",
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.minor.width": 0.4,
        "ytick.minor.width": 0.4,
        "legend.frameon": False,
        "legend.handlelength": 1.4,
        "legend.labelspacing": 0.3,
        "legend.borderaxespad": 0.3,
        "figure.constrained_layout.use": True,
        "pdf.fonttype": 42,
        # Names inside SVG files are made from this instead of at random.
        "svg.hashsalt": "kac",
        "svg.fonttype": "path",
    }
)


def axes(rows=1, columns=1, height=2.4, width=WIDTH, **options):
    """A figure one column wide and its axes."""
    return plt.subplots(rows, columns, figsize=(width, height), **options)


def letters(panels):
    """(a), (b), … above the panels' left corners."""
    for letter, panel in zip("abcdefghijkl", panels):
        panel.text(0, 1.03, f"({letter})", transform=panel.transAxes, ha="left", va="bottom")


def angle_axis(axis, period=2 * np.pi):
    """Ticks of an angle in parts of π."""
    axis.set_ticks([0, period / 2, period], ["0", "π", "2π"])


def save(figure, name):
    """Writes NAME.pdf and NAME.png, without dates."""
    FIGURES.mkdir(parents=True, exist_ok=True)
    figure.savefig(FIGURES / f"{name}.pdf", metadata={"CreationDate": None, "ModDate": None})
    figure.savefig(FIGURES / f"{name}.png", dpi=300, metadata={"Software": None})
    plt.close(figure)
    print(f"wrote {name}.pdf and {name}.png")


def run(name):
    """A run file's root: fields, experts and series."""
    return xarray.open_dataset(DATA / f"{name}.h5", engine="h5netcdf")


def run_table(name, table):
    """A table of a run file."""
    columns = xarray.open_dataset(DATA / f"{name}.h5", engine="h5netcdf", group=f"tables/{table}").to_dataframe().reset_index()
    # Texts are of fixed length, and read as bytes.
    return columns.map(lambda value: value.decode() if isinstance(value, bytes) else value)


def study_table(name, table):
    """A table of a study's folder."""
    return pandas.read_csv(DATA / f"{name}.study" / f"{table}.csv")


def study_samples(name):
    """Every measured ensemble of a study, a row a mixture."""
    file = max((DATA / f"{name}.study").glob("samples-*.tsv"), key=lambda path: path.stat().st_mtime)
    # A line ends with its checksum, which has no name.
    samples = pandas.read_csv(file, sep="\t", index_col=False)
    return samples.rename(columns={samples.columns[0]: samples.columns[0].lstrip("# ")})


def report(name):
    """What a command of kac printed as JSON."""
    return json.loads((DATA / f"{name}.json").read_text())
