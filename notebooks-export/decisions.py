# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Decision functions: iris and digits, N = 10, 100 and the limit
#
# What mixtures say of inputs: F_N(x) = Σ_m C_m(x) M_m with the coefficients that `kac lift` prints and the moments M_m of the trained experts, or of the
# limit's density. Above two species of iris in the plane of the encoded petals (`iris.yml`), below handwritten fours and nines (`digits.yml`); the
# sign of F decides.

# %%
import figure_style as style
import numpy as np
import pandas

lifts = {name: style.report(f"{name}-lift") for name in ("iris", "digits")}
runs = {(name, n): style.run(f"{name}-{n}") for name in ("iris", "digits") for n in (10, 100)}
coefficients = {name: {monomial: np.array(values) for monomial, values in lift["coefficients"].items()} for name, lift in lifts.items()}


def selected(file, column, classes):
    labels = pandas.read_csv(style.ROOT / "data/training" / file)[column].astype(str)
    return labels[labels.isin(classes)].to_numpy()


labels = {"iris": selected("iris.csv", "species", ["versicolor", "virginica"]), "digits": selected("digits.csv", "digit", ["4", "9"])}


def factors(monomial):
    """[(function, axis), …] of a monomial's name."""
    if monomial == "1":
        return []
    return [(np.cos if part.startswith("cos") else np.sin, int(part[len("cos(theta") : -1])) for part in monomial.split("*")]


def experts_moment(run, monomial):
    value = 1.0
    for function, axis in factors(monomial):
        value = value * function(run[f"expert_{'xyz'[axis]}"].isel(time=-1).values)
    return float(np.mean(value))


def limit_moment(run, monomial):
    """Of cell averages; a wave's mean over a cell is a sinc times its value at the centre."""
    names = [name for name in ("x", "y") if name in run.density.dims]
    weight = run.density.isel(time=-1)
    for function, axis in factors(monomial):
        weight = weight * function(run[names[axis]])
    n = run.sizes["x"]
    waves = len(factors(monomial))
    return float(weight.sum()) * (2 * np.pi / n) ** len(names) / np.sinc(1 / n) ** waves


def function(name, of, run, among=None):
    """F at the inputs whose coefficients are given, by default those of the data."""
    return sum(values * of(run, monomial) for monomial, values in (among or coefficients[name]).items())


# %% [markdown]
# The limit's F at the data that were trained on is the series `function` of the run file, found among all selected rows in their order.

# %%
outputs, trained = {}, {}
for name in ("iris", "digits"):
    limit = function(name, limit_moment, runs[name, 100])
    outputs[name] = {10: function(name, experts_moment, runs[name, 10]), 100: function(name, experts_moment, runs[name, 100]), np.inf: limit}
    stored = runs[name, 100].function.isel(time=-1).values
    distance = np.abs(limit[:, None] - stored[None, :])
    trained[name] = distance.min(axis=1) < 1e-8
    assert (distance.min(axis=0) < 1e-8).all(), name
    assert len(labels[name]) == len(limit)
positive = {"iris": labels["iris"] == "virginica", "digits": labels["digits"] == "9"}
accuracy = {(name, n): np.mean((values > 0) == positive[name]) for name in outputs for n, values in outputs[name].items()}
print(accuracy)
assert accuracy["iris", np.inf] > 0.9 and accuracy["digits", np.inf] > 0.95

# %% [markdown]
# Iris: f(θ, x) = −0.1 cos x₁ + cos x₀ cos θ − sin x₀ cos x₁ sin θ, as `data/circuits/iris.qasm` derives it. Both encoded lengths follow from two coefficients; the third
# must agree.

# %%
lift = coefficients["iris"]
x0, x1 = np.arccos(np.clip(lift["cos(theta0)"], -1, 1)), np.arccos(np.clip(-10 * lift["1"], -1, 1))
assert np.abs(lift["sin(theta0)"] + np.sin(x0) * np.cos(x1)).max() < 1e-12
axis = np.linspace(0, np.pi, 201)
u, v = np.meshgrid(axis, axis)
plane = {"1": -0.1 * np.cos(v), "cos(theta0)": np.cos(u), "sin(theta0)": -np.sin(u) * np.cos(v)}

# %%
figure, panels = style.axes(2, 3, height=3.1, sharey="row")
titles = {10: "$N=10$", 100: "$N=100$", np.inf: r"$N=\infty$"}
for panel, n in zip(panels[0], titles):
    of, run = (limit_moment, runs["iris", 100]) if n == np.inf else (experts_moment, runs["iris", n])
    values = function("iris", of, run, plane)
    shades = panel.pcolormesh(axis, axis, values, cmap="PuOr", vmin=-0.8, vmax=0.8, shading="nearest", rasterized=True)
    panel.contour(axis, axis, values, [0], colors="black", linewidths=0.9)
    for chosen, marker, colour in ((~positive["iris"], "o", style.VERMILLION), (positive["iris"], "^", style.BLUE)):
        panel.plot(x0[chosen], x1[chosen], marker, ms=1.8, mew=0.2, mec="white", color=colour)
    panel.set_title(titles[n])
    for side in (panel.xaxis, panel.yaxis):
        style.angle_axis(side, period=np.pi)
        side.set_ticks([0, np.pi / 2, np.pi], ["0", "π/2", "π"])
    panel.set_xlabel("length $x_0$ (radian)", size=7)
panels[0, 0].set_ylabel("width $x_1$ (radian)", size=7)
figure.colorbar(shades, ax=panels[0], label="$F_N(x)$", aspect=15, pad=0.02, ticks=[-0.5, 0, 0.5])
bins = np.linspace(-0.36, 0.36, 31)
for panel, n in zip(panels[1], titles):
    held = ~trained["digits"]
    for chosen, colour, label in ((~positive["digits"], style.ORANGE, "4"), (positive["digits"], style.PURPLE, "9")):
        panel.hist(outputs["digits"][n][chosen & held], bins, color=colour, alpha=0.75, label=label)
    right = np.mean(((outputs["digits"][n] > 0) == positive["digits"])[held])
    panel.axvline(0, color=style.BLACK, lw=0.8)
    panel.text(0.97, 0.95, f"{100 * right:.0f} %", transform=panel.transAxes, ha="right", va="top", size=7)
    panel.set_xlabel("$F_N(x)$")
    panel.set_xticks([-0.2, 0, 0.2])
    panel.set_ylim(0, 19)
panels[1, 0].set_ylabel(f"images of {np.sum(~trained['digits'])} held out", size=7)
panels[1, 0].legend(loc="upper left", handlelength=0.8)
style.save(figure, "decisions")
