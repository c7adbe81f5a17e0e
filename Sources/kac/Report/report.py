"""Draws one page about a run file of kac, or about the folder of a study: python report.py RUN.h5 > report.html

The page holds its figures as SVG, asks the network for nothing, and is the same to the byte for the same file.
Exit code 69: h5py, numpy or matplotlib is missing.
"""

import sys

# Fed through a pipe, Python would look for modules in the working directory first.
sys.path = [place for place in sys.path if place]

try:
    import h5py
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    import numpy as np
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(69)

import base64
import csv
import hashlib
import html
import io
import pathlib
import re
import zlib

# Okabe and Ito's colours, told apart in every kind of colour vision; each line has its own marker as well.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]
MARKERS = ["o", "s", "^", "D", "v", "P", "X"]
PERIOD = 2 * np.pi

# The distances of the table "comparison", in words and for matplotlib.
QUANTITIES = {
    "w1": ("W₁", "$W_1$"),
    "w2": ("W₂", "$W_2$"),
    "coupling": ("coupling", "coupling"),
    "function_error": ("function error", "function error"),
    "function_error_test": ("function error, held out", "function error, held out"),
    "function_error_sup": ("function error, supremum", "function error, supremum"),
    "loss_gap": ("loss gap", "loss gap"),
}

# What a table must have to be shown.
NEEDED = {
    "comparison": {"time", "n_experts", "replicates"},
    "rates": {"quantity", "time", "exponent", "exponent_low", "exponent_high", "theory", "proved", "verdict"},
    "budget": {"quantity", "time"},
}

plt.rcParams.update(
    {
        "font.family": "STIXGeneral",
        "mathtext.fontset": "stix",
        "font.size": 11,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#dddddd",
        "grid.linewidth": 0.6,
        "lines.linewidth": 1.6,
        "lines.markersize": 5,
        "legend.frameon": False,
        "legend.fontsize": 10,
        "svg.hashsalt": "kac",
        "figure.figsize": (4.6, 3.4),
        "figure.constrained_layout.use": True,
    }
)


def text_of(value):
    """An attribute or a cell of a table as a text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def number(value, digits=4):
    """A number as a person writes it; a dash for what is not known."""
    if isinstance(value, (int, np.integer)):
        return f"{value}"
    if not np.isfinite(value):
        return "–"
    return f"{value:.{digits}g}".replace("-", "−")


def measured(mean, error):
    """A mean with the standard error in its last two digits, such as 0.3341(53)."""
    if not (np.isfinite(mean) and np.isfinite(error) and error > 0):
        return number(mean)
    decimals = 1 - int(np.floor(np.log10(error)))
    if not 0 <= decimals <= 8:
        return f"{number(mean)} ± {number(error, 2)}"
    return f"{mean:.{decimals}f}({round(error * 10**decimals)})".replace("-", "−")


class Run:
    """What the page needs of a run file, read piece by piece."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.file = h5py.File(path, "r")
        self.attributes = {name: text_of(value) for name, value in self.file.attrs.items()}
        self.title = self.attributes.get("title", self.path.name)
        self.experiment = self.attributes.get("experiment", "")
        self.times = self.file["time"][:]
        names = ["z", "y", "x"]
        # θ₀ first; the arrays have it last.
        self.axes = [self.file[name][:] for name in reversed(names) if name in self.file] if "density" in self.file else []
        found = ["expert_x", "expert_y", "expert_z"] if self.axes or "expert_x" in self.file else []
        beyond = sorted((name for name in self.file if re.fullmatch(r"expert_theta\d+", name)), key=lambda n: int(n[12:]))
        self.expert_names = [name for name in found if name in self.file] or beyond
        tables = {name: {column: group[column][:] for column in group} for name, group in self.file.get("tables", {}).items()}
        # A table of another program's is passed over.
        self.tables = {name: columns for name, columns in tables.items() if NEEDED.get(name, set()) <= set(columns)}

    def series(self, name):
        return self.file[name][:] if name in self.file else None

    @property
    def dimension(self):
        if self.axes or self.expert_names:
            return len(self.axes) or len(self.expert_names)
        return sum(1 for name in self.file if name.startswith("moment_real_"))

    @property
    def trains(self):
        return "target" in self.file

    @property
    def ensemble_count(self):
        return int(self.attributes.get("ensemble_count", 0))

    def density(self, output):
        """The density at an output, with θ₀ as the first axis."""
        return self.file["density"][output].T

    def experts(self, output):
        """The experts at an output, an array a coordinate."""
        return [self.file[name][output] for name in self.expert_names]

    def shown(self, most):
        """Some outputs, the first and the last among them."""
        return sorted({round(i) for i in np.linspace(0, len(self.times) - 1, min(most, len(self.times)))})


class Page:
    """A page that grows section by section."""

    def __init__(self):
        self.parts = []
        self.figures = 0

    def add(self, markup):
        self.parts.append(markup)

    def section(self, title, *markups):
        markups = [markup for markup in markups if markup]
        if markups:
            self.add(f"<section><h2>{html.escape(title)}</h2>{''.join(markups)}</section>")

    def figure(self, figure, alternative, caption):
        """Markup of a figure: an SVG in the page, with a text for those who do not see it."""
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        width, height = (round(96 * inches) for inches in figure.get_size_inches())
        plt.close(figure)
        self.figures += 1
        data = base64.b64encode(buffer.getvalue()).decode()
        return (
            f'<figure><img width="{width}" height="{height}" alt="{html.escape(alternative)}" '
            f'src="data:image/svg+xml;base64,{data}"><figcaption>{html.escape(caption)}</figcaption></figure>'
        )


def gallery(*figures):
    figures = [figure for figure in figures if figure]
    return f'<div class="gallery">{"".join(figures)}</div>' if figures else ""


def table(header, rows, note=""):
    """A table that scrolls on its own where the page is narrow."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    note = f"<p>{html.escape(note)}</p>" if note else ""
    return (
        f'{note}<div class="wide" tabindex="0" role="region" aria-label="table"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def plain(text):
    return f'<div class="wide" tabindex="0" role="region" aria-label="text"><pre>{html.escape(text)}</pre></div>'


def document(title, lead, warnings, page):
    """The whole page."""
    title = html.escape(title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
        f'<title>{title}</title><link rel="icon" href="data:,"><style>{STYLE}</style></head><body>'
        f"<header><h1>{title}</h1><p>{html.escape(lead)}</p>{warnings}</header>"
        f'<main>{"".join(page.parts)}</main></body></html>\n'
    )


def facts(rows):
    """Names and values."""
    body = "".join(f'<tr><th scope="row">{html.escape(k)}</th><td>{html.escape(v)}</td></tr>' for k, v in rows)
    return f'<table class="facts"><tbody>{body}</tbody></table>'


def libraries():
    return f"Python {sys.version.split()[0]}, numpy {np.__version__}, h5py {h5py.__version__}, matplotlib {matplotlib.__version__}"


# The laws


def histogram(angles):
    """Counts per radian in bins of equal width, as many as so many experts fill, and the bins' edges."""
    bins = int(np.clip(2 * len(angles) ** (1 / 3), 6, 48))
    return np.histogram(angles, bins=bins, range=(0, PERIOD), density=True)


def circle_figure(page, run):
    """d = 1: the density at some times, the experts behind the first and the last."""
    figure, axes = plt.subplots()
    outputs = run.shown(4)
    (theta,) = run.axes
    for output, colour in zip(outputs, COLOURS):
        if run.expert_names and output in (outputs[0], outputs[-1]):
            axes.stairs(*histogram(run.experts(output)[0]), color=colour, alpha=0.25, fill=True)
        axes.plot(theta, run.density(output), color=colour, label=f"$t = {run.times[output]:g}$")
    axes.set(xlabel="$\\theta_0$ (radian)", ylabel="$\\rho_t(\\theta_0)$ (1/radian)", xlim=(0, PERIOD), ylim=(0, None))
    axes.legend()
    experts = f", over histograms of {run.ensemble_count} experts at the first and the last" if run.expert_names else ""
    last = run.density(outputs[-1])
    return page.figure(
        figure,
        f"Density of the limit over the angle at {len(outputs)} times{experts}. At t = {run.times[outputs[-1]]:g} it is largest, "
        f"{last.max():.3g} per radian, at θ₀ = {theta[last.argmax()]:.3g}.",
        f"The limit's density at {len(outputs)} times{experts}.",
    )


def plane_figure(page, run, output, pair, density):
    """The density over two angles, with some of the experts."""
    first, second = pair
    figure, axes = plt.subplots(figsize=(4.6, 3.9))
    image = axes.imshow(
        density.T, origin="lower", extent=(0, PERIOD, 0, PERIOD), cmap="cividis", interpolation="nearest", aspect="equal", vmin=0
    )
    figure.colorbar(image, label="density (radian$^{-2}$)", shrink=0.85)
    shown = 0
    if run.expert_names:
        coordinates = run.experts(output)
        shown = min(400, len(coordinates[0]))
        axes.plot(coordinates[first][:shown], coordinates[second][:shown], ".", color="white", ms=4.5, mec="black", mew=0.5)
    axes.grid(False)
    axes.set(
        xlabel=f"$\\theta_{first}$ (radian)", ylabel=f"$\\theta_{second}$ (radian)", title=f"$t = {run.times[output]:g}$",
        xlim=(0, PERIOD), ylim=(0, PERIOD),
    )
    marginal = "" if run.dimension == 2 else f", integrated over the other angle{'s' if run.dimension > 3 else ''}"
    dots = f", with {shown} of {run.ensemble_count} experts" if shown else ""
    return page.figure(
        figure,
        f"Density of the limit over θ{first} and θ{second} at t = {run.times[output]:g}{marginal}{dots}; between {density.min():.3g} "
        f"and {density.max():.3g} per square radian.",
        f"The limit's density over θ{first} and θ{second}{marginal}{dots}.",
    )


def law_figures(page, run):
    if len(run.axes) == 1:
        return [circle_figure(page, run)]
    if len(run.axes) == 2:
        return [plane_figure(page, run, output, (0, 1), run.density(output)) for output in run.shown(3)]
    if len(run.axes) == 3:
        output = len(run.times) - 1
        density = run.density(output)
        figures = []
        for pair in ((0, 1), (0, 2), (1, 2)):
            (other,) = {0, 1, 2} - set(pair)
            figures.append(plane_figure(page, run, output, pair, density.mean(axis=other) * PERIOD))
        return figures
    return [angle_figure(page, run, axis) for axis in range(min(6, len(run.expert_names)))]


def angle_figure(page, run, axis):
    """Beyond three angles: histograms of one angle of the experts, at the first and the last output."""
    figure, axes = plt.subplots()
    for output, colour, line in zip(run.shown(2), COLOURS, ("--", "-")):
        axes.stairs(*histogram(run.experts(output)[axis]), color=colour, label=f"$t = {run.times[output]:g}$", lw=1.6, ls=line)
    axes.set(xlabel=f"$\\theta_{axis}$ (radian)", ylabel="experts (1/radian)", xlim=(0, PERIOD), ylim=(0, None))
    axes.legend()
    return page.figure(
        figure,
        f"Histograms of the angle θ{axis} of {run.ensemble_count} experts at the first and the last output.",
        f"The angle θ{axis} of {run.ensemble_count} experts at the first and the last output.",
    )


# Training


def loss_figure(page, run):
    loss = run.series("loss")
    if loss is None:
        return ""
    name, symbol = ("loss", "loss $L$") if run.trains else ("energy", "energy $\\int V\\,d\\mu$")
    figure, axes = plt.subplots()
    axes.plot(run.times, loss, color=COLOURS[0], marker=MARKERS[0], label=symbol)
    dissipation = run.series("dissipation")
    positive = np.all(loss > 0)
    if positive and dissipation is not None:
        axes.plot(
            run.times, np.where(dissipation > 0, dissipation, np.nan), color=COLOURS[1], marker=MARKERS[1], ls="--",
            label="$-dL/dt = \\int |\\nabla V|^2 d\\mu$",
        )
    axes.set(xlabel="time $t$", ylabel=name, yscale="log" if positive else "linear")
    axes.legend()
    return page.figure(
        figure,
        f"The {name} of the limit over time, from {loss[0]:.4g} at t = {run.times[0]:g} to {loss[-1]:.4g} at t = {run.times[-1]:g}.",
        f"The {name} of the limit and the rate at which it falls." if positive else f"The {name} of the limit.",
    )


def function_figure(page, run):
    function, target = run.series("function"), run.series("target")
    if function is None or target is None:
        return ""
    figure, axes = plt.subplots()
    low, high = min(target.min(), function.min()), max(target.max(), function.max())
    axes.plot([low, high], [low, high], color="black", lw=0.9, ls=":", label="$F = y$")
    for output, colour, marker in zip(run.shown(2), (COLOURS[4], COLOURS[1]), ("x", "o")):
        axes.plot(target, function[output], marker, color=colour, ms=4.5, mfc="none", label=f"$t = {run.times[output]:g}$")
    axes.set(xlabel="target $y_a$", ylabel="limit $F(x_a)$")
    axes.legend()
    error = np.sqrt(np.mean((function[-1] - target) ** 2))
    return page.figure(
        figure,
        f"The limit's function against the targets of {len(target)} training data, at the first and the last output; the root mean "
        f"square residual at the end is {error:.4g}.",
        f"The limit's function at the {len(target)} training inputs against the targets; root mean square residual {number(error)} at the end.",
    )


# Distances


def rate_figure(page, run):
    """Mean distances against N at the last compared time, with the fitted exponents."""
    comparison, rates = run.tables.get("comparison"), run.tables.get("rates")
    if comparison is None or len(comparison["time"]) == 0:
        return ""
    time = comparison["time"].max()
    rows = comparison["time"] == time
    counts = comparison["n_experts"][rows].astype(float)
    figure, axes = plt.subplots(figsize=(4.6, 4.4))
    told = []
    for (name, (plain_name, symbol)), colour, marker in zip(QUANTITIES.items(), COLOURS, MARKERS):
        if name not in comparison:
            continue
        means, errors = comparison[name][rows], comparison.get(f"{name}_stderr", np.full(len(rows), np.nan))[rows]
        usable = np.isfinite(means) & (means > 0)
        if not usable.any():
            continue
        label = symbol
        if rates is not None:
            match = [i for i, (q, t) in enumerate(zip(rates["quantity"], rates["time"])) if text_of(q) == name and t == time]
            if match and np.isfinite(rates["exponent"][match[0]]):
                exponent = rates["exponent"][match[0]]
                label += f": {number(exponent, 3)}"
                told.append(f"{plain_name} {exponent:.3f} ({text_of(rates['verdict'][match[0]])})")
        axes.errorbar(
            counts[usable], means[usable], np.nan_to_num(errors[usable]), color=colour, marker=marker, capsize=2, label=label
        )
    if not axes.has_data():
        plt.close(figure)
        return ""
    guide = np.array([counts.min(), counts.max()])
    if guide[0] < guide[1]:
        # Above all lines.
        axes.plot(guide, 1.3 * axes.get_ylim()[1] * (guide / guide[0]) ** -0.5, color="black", lw=0.9, ls=":", label="$N^{-1/2}$")
    axes.set(xscale="log", yscale="log", xlabel="experts $N$", ylabel=f"mean at $t = {time:g}$")
    figure.legend(loc="outside lower center", ncols=2, fontsize=10)
    replicates = comparison["replicates"][rows].max()
    return page.figure(
        figure,
        f"Distances between mixtures of N experts and the limit at t = {time:g}, against N on logarithmic axes. "
        + (f"Fitted exponents: {'; '.join(told)}." if told else ""),
        f"N experts beside the limit at t = {time:g}: means of {replicates} replicates with standard errors"
        + (", and the fitted exponents of N." if told else "."),
    )


def comparison_table(run):
    if "comparison" not in run.tables:
        return ""
    columns = run.tables["comparison"]
    names = [name for name in QUANTITIES if name in columns]
    rows = []
    for row in np.lexsort((columns["n_experts"], columns["time"])):
        cells = [number(columns[name][row]) for name in ("time", "n_experts", "replicates")]
        for name in names:
            error = columns.get(f"{name}_stderr")
            cells.append(measured(columns[name][row], np.nan if error is None else error[row]))
        rows.append(cells)
    return table(
        ["t", "N", "replicates"] + [QUANTITIES[name][0] for name in names], rows,
        "Means over the replicates, with the standard error in the last digits; W₁, W₂ and coupling in radians.",
    )


def rates_table(run):
    if "rates" not in run.tables:
        return ""
    columns = run.tables["rates"]
    rows = []
    for row, quantity in enumerate(map(text_of, columns["quantity"])):
        exponent, low, high, theory, proved = (
            number(columns[name][row], 3) for name in ("exponent", "exponent_low", "exponent_high", "theory", "proved")
        )
        interval = f"[{low}, {high}]" if low != number(np.nan) else low
        verdict = text_of(columns["verdict"][row])
        rows.append([QUANTITIES.get(quantity, (quantity,))[0], number(columns["time"][row]), exponent, interval, theory, proved, verdict])
    return table(
        ["quantity", "t", "exponent", "95 %", "theory", "proved", "verdict"], rows,
        "Exponents of N. Independent draws from the limit have that of W too: coupling and function error show propagation of chaos.",
    )


# The error budget


def error_figure(page, run):
    """The limit's own error at every output."""
    figure, axes = plt.subplots()
    labels = {
        "density_error_grid": "density, by grid",
        "density_error_time_step": "density, by time step",
        "moment_error_grid": "moments, by grid",
        "moment_error_time_step": "moments, by time step",
        "exact_moment_error": "moment, against the exact solution",
    }
    drawn = []
    for (name, label), colour, marker in zip(labels.items(), COLOURS, MARKERS):
        values = run.series(name)
        if values is None:
            continue
        values = np.where(values > 0, values, np.nan)
        if np.isfinite(values).any():
            axes.plot(run.times, values, color=colour, marker=marker, label=label)
            drawn.append(f"{label} at most {np.nanmax(values):.2g}")
    if not drawn:
        plt.close(figure)
        return ""
    axes.set(xlabel="time $t$", ylabel="estimated error", yscale="log")
    axes.legend()
    return page.figure(
        figure,
        f"The limit's own error over time: {'; '.join(drawn)}.",
        "The limit's own error: ∫ |ρ − ρ_true| dθ of densities, the largest of moments.",
    )


def budget_table(run):
    if "budget" not in run.tables:
        return ""
    columns = run.tables["budget"]
    names = [name for name in ("sampling", "transport", "grid", "time_step", "solver") if name in columns]
    rows = [
        [QUANTITIES.get(text_of(q), (text_of(q),))[0], number(t)] + [number(columns[name][i], 2) for name in names]
        for i, (q, t) in enumerate(zip(columns["quantity"], columns["time"]))
    ]
    return table(
        ["quantity", "t"] + [name.replace("_", " ") for name in names], rows,
        "The terms of the error of the distances of the largest N, in radians: standard error over the replicates, width of the "
        "transport bracket, grid of the density, time step and solver of the limit.",
    )


def limit_table(run):
    """What is watched of the limit at its outputs; errors are the sums of their parts by grid and by time step."""
    found = {}
    for name, heading in (("loss", "loss" if run.trains else "energy"), ("dissipation", "dissipation"), ("mass", "mass − 1"),
                          ("minimum", "least density"), ("entropy", "entropy")):
        values = run.series(name)
        if values is not None:
            found[heading] = values - 1 if name == "mass" else values
    for name in ("density", "moment"):
        parts = [run.series(f"{name}_error_{part}") for part in ("grid", "time_step")]
        if all(part is not None for part in parts):
            found[f"{name} error"] = sum(parts)
    outputs = run.shown(41)
    rows = [
        [number(run.times[i])] + [number(values[i], 2 if "error" in heading or "mass" in heading else 5) for heading, values in found.items()]
        for i in outputs
    ]
    few = f" {len(outputs)} of {len(run.times)} outputs." if len(outputs) < len(run.times) else ""
    return table(["t", *found], rows, f"The limit at its outputs.{few}")


# Where it comes from


def seal(path):
    """The check sum that a run file ends with, and whether it still holds."""
    bytes_ = path.read_bytes()
    if bytes_[-16:-8] != b"kac crc:":
        return "none: another program, or an older kac, has written the file", bytes_
    stored = int.from_bytes(bytes_[-8:], "little")
    return f"CRC-32 {stored:08x}, " + ("holds" if zlib.crc32(bytes_[:-16]) == stored else "DOES NOT HOLD"), bytes_


def provenance(run):
    check, bytes_ = seal(run.path)
    seeds = re.findall(r"\b((?:split_)?seed)\s*:\s*(\d+)", run.experiment)
    grid = " × ".join(str(len(axis)) for axis in run.axes)
    rows = [
        ("file", f"{run.path.name}, {len(bytes_)} bytes"),
        ("seal", check),
        ("SHA-256", hashlib.sha256(bytes_).hexdigest()),
        ("written by", f"{run.attributes.get('software', 'kac')} {run.attributes.get('softwareVersion', '')}"),
        ("date", run.attributes.get("date", "–")),
        ("author", run.attributes.get("author", "–")),
        ("command", f"kac {run.attributes['command']}" if "command" in run.attributes else "–"),
        ("seeds", ", ".join(f"{name} {value}" for name, value in seeds) or "the defaults"),
        ("angles", str(run.dimension)),
        ("grid", f"{grid} cells" if grid else "none"),
        ("outputs", f"{len(run.times)}, from t = {run.times[0]:g} to {run.times[-1]:g}"),
        ("experts' path", ": ".join(run.attributes[k] for k in ("expert_path", "expert_path_reason") if k in run.attributes) or "–"),
        ("drawn with", libraries()),
    ]
    inputs = []
    for member in (run.file["inputs"].values() if "inputs" in run.file else []):
        content = member[:].tobytes() if member.size else b""
        inputs.append((text_of(member.attrs["name"]), len(content), hashlib.sha256(content).hexdigest()))
    return facts(rows) + table(
        ["file of the experiment", "bytes", "SHA-256"], inputs, "The run file carries these files, and is repeated from itself alone."
    )


def warnings(run):
    found = []
    if run.attributes.get("state") == "running":
        found.append("The run was not finished: the page shows the outputs so far.")
    if "limit_end" in run.attributes:
        found.append(f"The limit ended early: {run.attributes['limit_end']}.")
    if "switched_at" in run.attributes:
        found.append(f"The method was under-resolved from t = {float(run.attributes['switched_at']):g} on; characteristics went on.")
    if "under_resolved_from" in run.attributes:
        found.append(f"The limit is resolved until t = {float(run.attributes['under_resolved_from']):g} only.")
    return "".join(f'<p class="warning" role="note">{html.escape(text)}</p>' for text in found)


def lead(run):
    """One sentence that says what there is to see."""
    parts = []
    loss = run.series("loss")
    if loss is not None:
        parts.append(f"The {'loss' if run.trains else 'energy'} of the limit goes from {number(loss[0])} to {number(loss[-1])} at t = {run.times[-1]:g}.")
    columns = run.tables.get("comparison")
    if columns:
        time, most = columns["time"].max(), columns["n_experts"].max()
        row = int(np.argmax((columns["time"] == time) & (columns["n_experts"] == most)))
        near = [
            f"{QUANTITIES[name][0]} = {measured(columns[name][row], columns[f'{name}_stderr'][row])}"
            for name in ("w2", "coupling", "function_error") if f"{name}_stderr" in columns and np.isfinite(columns[name][row])
        ]
        if near:
            parts.append(f"{most} experts are as near to it as {', '.join(near)}.")
    if "rates" in run.tables:
        verdicts = [text_of(v) for v in run.tables["rates"]["verdict"]]
        judged = [v for v in verdicts if v in ("consistent", "inconsistent")]
        if judged:
            parts.append(f"{judged.count('consistent')} of {len(judged)} judged exponents are consistent with the theory.")
    return " ".join(parts)


STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --accent: #0b5394; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 90rem; color: var(--ink); background: #fff;
  font: 1rem/1.5 "Source Sans 3", "Segoe UI", system-ui, "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.3rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 0.6rem; border-bottom: 1px solid var(--line); padding-bottom: 0.2rem; }
header p { color: var(--soft); margin: 0.2rem 0; max-width: 60rem; }
.gallery { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); align-items: start; }
figure { margin: 0; padding: 0.5rem; border: 1px solid var(--line); border-radius: 6px; }
figure img { display: block; width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: 0.9rem; padding: 0.3rem 0.2rem 0; }
.wide { overflow-x: auto; max-width: 100%; }
.wide:focus-visible { outline: 2px solid var(--accent); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.92rem; }
th, td { padding: 0.25rem 0.7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { border-bottom: 2px solid var(--ink); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
.facts th, .facts td { text-align: left; white-space: normal; vertical-align: top; }
.facts th { padding-left: 0; color: var(--soft); font-weight: 600; white-space: nowrap; }
pre { margin: 0; padding: 0.8rem; background: #f6f8fa; border-radius: 6px; font-size: 0.85rem; line-height: 1.45; overflow-wrap: normal; width: max-content; min-width: 100%; }
.wide:has(pre) { max-height: 40rem; overflow-y: auto; }
.warning { border-left: 4px solid #D55E00; background: #fff4ec; padding: 0.5rem 0.8rem; margin: 0.6rem 0; }
@media print { figure { break-inside: avoid; } }
"""


def run_page(path):
    run, page = Run(path), Page()
    page.section("The law of the angles", gallery(*law_figures(page, run)))
    page.section("Training" if run.trains else "Transport", gallery(loss_figure(page, run), function_figure(page, run)), limit_table(run))
    page.section("Finite mixtures beside the limit", gallery(rate_figure(page, run)), comparison_table(run), rates_table(run))
    page.section("Error budget", gallery(error_figure(page, run)), budget_table(run))
    page.section("The experiment", plain(run.experiment))
    page.section("Provenance", provenance(run))
    return document(run.title, lead(run), warnings(run), page)


# Studies: the tables that `kac rates` leaves in a folder


def as_number(text):
    try:
        return float(text)
    except ValueError:
        return np.nan


def read_tables(folder):
    """The tables by name, each a list of rows."""
    tables = {}
    for file in sorted(folder.glob("*.csv")):
        with open(file, newline="") as lines:
            tables[file.stem] = list(csv.DictReader(lines))
    return tables


def unique(rows, name):
    return list(dict.fromkeys(row[name] for row in rows))


def last_time(rows):
    return max((row["time"] for row in rows), key=float)


def lines_figure(page, lines, alternative, caption, guide=None, columns=2, **settings):
    """Means with standard errors on logarithmic axes, a line for each name; `guide` is the power of N to draw beside them."""
    figure, axes = plt.subplots(figsize=(4.6, 4.4))
    drawn = []
    for (name, points), colour, marker in zip(lines.items(), COLOURS, MARKERS):
        x, y, error = (np.array([as_number(point[i]) for point in points]) for i in range(3))
        usable = np.isfinite(y) & (y > 0) & (x > 0)
        if usable.any():
            axes.errorbar(x[usable], y[usable], np.nan_to_num(error[usable]), color=colour, marker=marker, capsize=2, label=name)
            drawn += [(name, x[usable], y[usable])]
    if not drawn:
        plt.close(figure)
        return ""
    if guide is not None:
        ends = np.array([min(x.min() for _, x, _ in drawn), max(x.max() for _, x, _ in drawn)])
        if ends[0] < ends[1]:
            top = max(y[0] for _, _, y in drawn)
            axes.plot(ends, 1.5 * top * (ends / ends[0]) ** guide, color="black", lw=0.9, ls=":", label=f"$N^{{{guide:g}}}$")
    axes.set(xscale="log", yscale="log", **settings)
    figure.legend(loc="outside lower center", ncols=columns, fontsize=10)
    values = "; ".join(f"{name} from {y[0]:.3g} to {y[-1]:.3g}" for name, _, y in drawn)
    return page.figure(figure, f"{alternative} {values}.", caption)


def study_rates(page, tables):
    """Means against N at the last time: every quantity of the trained mixtures, and the function error of all families."""
    means, rates = tables["means"], tables.get("rates", [])
    time = last_time(means)
    fitted = {(row["family"], row["quantity"]): as_number(row["exponent"]) for row in rates if row["time"] == time}

    def line(family, quantity):
        return [(row["n_experts"], row["mean"], row["stderr"]) for row in means if (row["family"], row["quantity"], row["time"]) == (family, quantity, time)]

    def label(name, family, quantity):
        exponent = fitted.get((family, quantity), np.nan)
        return f"{name}: {number(exponent, 3)}" if np.isfinite(exponent) else name

    trained = {label(QUANTITIES[q][1], "trained", q): line("trained", q) for q in unique(means, "quantity") if q in QUANTITIES}
    controls = {label(family, family, "function_error"): line(family, "function_error") for family in unique(means, "family")}
    axes = {"xlabel": "experts $N$", "ylabel": f"mean at $t = {float(time):g}$", "guide": -0.5}
    return [
        lines_figure(page, trained, f"Distances of trained mixtures from the limit at t = {float(time):g} against N.",
                     f"Trained mixtures beside the limit at t = {float(time):g}, with standard errors and the fitted exponents of N.", **axes),
        lines_figure(page, controls, f"The function error at t = {float(time):g} against N.",
                     "The function error of trained mixtures, of independent draws from the limit, and from a wrong limit, which must not fall.", **axes),
    ]


def study_fluctuations(page, tables):
    """N·E of squares at the last time and the largest N, measured and predicted."""
    rows = tables.get("fluctuations", [])
    if not rows:
        return ""
    time, most = last_time(rows), max((row["n_experts"] for row in rows), key=int)
    rows = [row for row in rows if row["time"] == time and row["n_experts"] == most and row["family"] in ("trained", "independent")]
    names = unique(rows, "quantity")[:24]
    figure, axes = plt.subplots(figsize=(4.6, max(4.4, 0.26 * len(names) + 1)))
    for family, colour, marker, shift in (("trained", COLOURS[0], "o", -0.15), ("independent", COLOURS[1], "s", 0.15)):
        found = {row["quantity"]: row for row in rows if row["family"] == family}
        places = [(i + shift, found[name]) for i, name in enumerate(names) if name in found]
        x = [place for place, _ in places]
        axes.errorbar([as_number(row["measured"]) for _, row in places], x, xerr=[as_number(row["stderr"]) for _, row in places],
                      fmt=marker, color=colour, ms=4, capsize=2, label=f"{family}, measured")
        axes.plot([as_number(row["predicted"]) for _, row in places], x, "|", color=colour, ms=12, mew=2, label=f"{family}, predicted")
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.invert_yaxis()
    told = ", ".join(name.replace("_", " ") for name in names)
    # Covariances may be negative.
    least = min(as_number(row["measured"]) for row in rows)
    axes.set(xlabel="$N \\cdot E$ of squares and products", xlim=(min(0, 1.1 * least), None))
    figure.legend(loc="outside lower center", ncols=2, fontsize=10)
    return page.figure(
        figure,
        f"Fluctuations of {most} experts at t = {float(time):g}, measured with standard errors beside their predictions: {told}.",
        f"Fluctuations of {most} experts at t = {float(time):g}: trained mixtures and independent draws, beside what the linear equation predicts.",
    )


def study_quantiles(page, tables):
    """Quantiles of the scaled deviation at each time beside the normal ones."""
    rows = tables.get("quantiles", [])
    if not rows:
        return ""
    figure, axes = plt.subplots(figsize=(4.6, 4.4))
    for time, colour, marker in zip(unique(rows, "time"), COLOURS, MARKERS):
        x, y, error = (np.array([as_number(row[name]) for row in rows if row["time"] == time]) for name in ("normal", "measured", "stderr"))
        axes.errorbar(x, y, error, color=colour, marker=marker, ms=4, ls="none", capsize=2, label=f"$t = {float(time):g}$")
    ends = [min(as_number(row["normal"]) for row in rows), max(as_number(row["normal"]) for row in rows)]
    axes.plot(ends, ends, color="black", lw=0.9, ls=":")
    axes.set(xlabel="normal quantile", ylabel="$\\sqrt{N} (F_N - F)/\\sigma$")
    figure.legend(loc="outside lower center", ncols=3, fontsize=10)
    farthest = max(abs(as_number(row["measured"]) - as_number(row["normal"])) for row in rows)
    return page.figure(figure, f"Quantiles of the scaled deviation of {rows[0]['n_experts']} experts at the first input against the normal ones; the farthest is {farthest:.3g} off.",
                       f"Quantiles of {rows[0]['n_experts']} experts at the first input beside those of the Gaussian limit, whose deviation is the predicted one.")


def study_large_deviations(page, tables):
    """The rate functions of each input at all times, with those of independent draws."""
    rows, figures = tables["rate_function"], []
    for place in unique(rows, "input"):
        figure, axes = plt.subplots(figsize=(4.6, 4.4))
        told = []
        for time, colour, marker in zip(unique(rows, "time"), COLOURS, MARKERS):
            found = [row for row in rows if (row["input"], row["time"]) == (place, time)]
            y, rate, independent = (np.array([as_number(row[name]) for row in found]) for name in ("output", "rate", "independent_rate"))
            order = np.argsort(y)
            axes.plot(y[order], rate[order], color=colour, marker=marker, ms=4, label=f"$t = {float(time):g}$")
            axes.plot(y[order], independent[order], color=colour, lw=0.9, ls=":")
            told += [f"t = {float(time):g} up to {np.nanmax(rate):.3g}"]
        axes.set(xlabel="$y$", ylabel="$I(y)$", ylim=(0, None))
        figure.legend(loc="outside lower center", ncols=4, fontsize=10)
        figures.append(page.figure(figure, f"The rate function at the input {place}: {', '.join(told)}.",
                                   f"The rate function at the input {place}; dotted that of independent draws from the limit."))
    return figures


def study_scalings(page, tables):
    """Means against N, a line for each exponent of the scaling."""
    means = tables["means"]
    figures = []
    for quantity in unique(means, "quantity"):
        lines = {
            f"γ = {gamma}": [(row["n_experts"], row["mean"], row["stderr"]) for row in means if row["quantity"] == quantity and row["gamma"] == gamma]
            for gamma in unique(means, "gamma")
        }
        name = quantity.replace("_", " ")
        figures.append(lines_figure(page, {k.replace("γ", "$\\gamma$"): v for k, v in lines.items()}, f"The {name} against N for several scalings.",
                                    f"The {name} from lazy (γ = 0.5) to mean-field (γ = 1) training.", xlabel="experts $N$", ylabel=name))
    return figures


def study_steps(page, tables):
    """The distance of training in steps from the flow, against what is varied."""
    slopes, lines = {row["series"]: row for row in tables.get("slopes", [])}, {}
    for series in unique(tables["distances"], "series"):
        variable = slopes.get(series, {}).get("variable", "step")
        slope = number(as_number(slopes.get(series, {}).get("slope", "")), 3)
        lines[f"{series}, over the {variable}: {slope}"] = [
            (row[variable], row["distance"], row["stderr"]) for row in tables["distances"] if row["series"] == series
        ]
    return [lines_figure(page, lines, "The distance of training in steps from the gradient flow, with the fitted slopes.",
                         "Training in steps against the flow, over the step, the batch or the shots, with the fitted slopes.",
                         xlabel="step, batch or shots", ylabel="distance from the flow", columns=1)]


def study_sweep(page, tables):
    """The exponents with their intervals for every value of what is swept."""
    rows = tables["sweep"]
    values, quantities = unique(rows, "value"), [q for q in unique(rows, "quantity") if q in QUANTITIES]
    figure, axes = plt.subplots(figsize=(4.6, 0.5 * len(values) + 2.6))
    for index, (quantity, colour, marker) in enumerate(zip(quantities, COLOURS, MARKERS)):
        found = [(values.index(row["value"]), *(as_number(row[n]) for n in ("exponent", "exponent_low", "exponent_high"))) for row in rows if row["quantity"] == quantity]
        y, middle, low, high = (np.array(column, dtype=float) for column in zip(*found))
        axes.errorbar(middle, y + 0.12 * (index - (len(quantities) - 1) / 2), xerr=[middle - low, high - middle], fmt=marker, color=colour, ms=4,
                      capsize=2, label=QUANTITIES[quantity][1])
    axes.axvline(-0.5, color="black", lw=0.9, ls=":")
    axes.set_yticks(range(len(values)), [value[:24] for value in values])
    axes.invert_yaxis()
    axes.set(xlabel="exponent of $N$")
    figure.legend(loc="outside lower center", ncols=2, fontsize=10)
    return [page.figure(figure, f"Fitted exponents with 95 % intervals for {len(values)} values: {', '.join(values)}.", "The exponents of N with 95 % intervals.")]


def study_page(path):
    folder, page = pathlib.Path(path), Page()
    tables = read_tables(folder)
    columns = {name: set(rows[0]) if rows else set() for name, rows in tables.items()}
    if {"family", "n_experts"} <= columns.get("means", set()):
        if "rates" in tables:
            kind, figures = "rates", [*study_rates(page, tables), study_fluctuations(page, tables)]
        else:
            kind, figures = "fluctuations", [study_fluctuations(page, tables), study_quantiles(page, tables)]
    elif "rate_function" in tables:
        kind, figures = "large deviations", study_large_deviations(page, tables)
    elif "gamma" in columns.get("means", set()):
        kind, figures = "scalings", study_scalings(page, tables)
    elif "distances" in tables:
        kind, figures = "training in steps", study_steps(page, tables)
    elif "sweep" in tables:
        kind, figures = "a sweep", study_sweep(page, tables)
    else:
        sys.exit(f"{path}: found no tables of a study")
    page.section("Figures", gallery(*figures))
    # Verdicts first; what is long is cut, and whole in its file.
    for name in sorted(tables, key=lambda name: (name not in ("rates", "slopes", "sweep"), name)):
        rows = [row for row in tables[name] if row.get("family", "trained") == "trained" or name == "rates"]
        most = 60
        note = f"The first {most} of {len(tables[name])} rows of {name}.csv." if len(rows) > most else ""
        cells = [[number(value) if np.isfinite(value := as_number(text)) else text.replace("nan", "–") for text in row.values()] for row in rows[:most]]
        page.section(name.capitalize(), table([column.replace("_", " ") for column in rows[0]] if rows else [], cells, note))
    sums = [(file.name, str(file.stat().st_size), hashlib.sha256(file.read_bytes()).hexdigest()) for file in sorted(folder.glob("*.[ct]sv"))]
    page.section("Provenance", facts([("folder", folder.name), ("drawn with", libraries())]) + table(["file", "bytes", "SHA-256"], sums))
    verdicts = [row["verdict"] for row in tables.get("rates", tables.get("sweep", [])) if row.get("family", "trained") == "trained"]
    judged = [verdict for verdict in verdicts if verdict in ("consistent", "inconsistent")]
    told = f" {judged.count('consistent')} of {len(judged)} judged exponents are consistent with the theory." if judged else ""
    return document(folder.name, f"A study of {kind}.{told}", "", page)


if __name__ == "__main__":
    draw = study_page if pathlib.Path(sys.argv[1]).is_dir() else run_page
    sys.stdout.buffer.write(draw(sys.argv[1]).encode())
