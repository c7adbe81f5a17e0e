# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
# ---

# %% [markdown]
# # First light: experts beside their infinite mixture
#
# Reads the demo's run file (`make demo`) and draws the density of the limit over the histogram of the experts, and the
# distances between the two against the number of experts.

# %%
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

RUN = sys.argv[1] if len(sys.argv) > 1 else "build/demo/iris.h5"
FIGURE = sys.argv[2] if len(sys.argv) > 2 else "build/demo/first_light.png"
plt.rcParams.update({"font.size": 8, "font.family": "STIXGeneral", "mathtext.fontset": "stix"})

run = xr.open_dataset(RUN, engine="h5netcdf")
table = xr.open_dataset(RUN, engine="h5netcdf", group="tables/comparison").to_dataframe().reset_index()

# %% The density is per radian, and the experts are draws from nearly that law.
spacing = 2 * np.pi / run.sizes["x"]
assert np.allclose(run.density.sum("x") * spacing, 1, atol=1e-12)

figure, (left, right) = plt.subplots(1, 2, figsize=(6.75, 2.6), layout="constrained")
colours = ["#0072B2", "#009E73", "#D55E00"]
for time, colour in zip(np.unique(table.time), colours):
    density = run.density.sel(time=time)
    counts, edges = np.histogram(run.expert_x.sel(time=time), bins=48, range=(0, 2 * np.pi), density=True)
    left.stairs(counts, edges, color=colour, alpha=0.35, fill=True)
    left.plot(run.x, density, color=colour, lw=1.2, label=f"$t = {time:g}$")
    # Each bin's share is binomial: five standard deviations of the likeliest one.
    binned = np.interp(0.5 * (edges[1:] + edges[:-1]), run.x, density)
    width = edges[1] - edges[0]
    limit = 5 * np.sqrt(binned.max() / (run.sizes["expert"] * width)) + 0.01 * binned.max()
    assert np.abs(counts - binned).max() < limit
left.set(xlabel=r"$\theta_0$ (radian)", ylabel=r"$\rho_t(\theta_0)$ (1/radian)", xlim=(0, 2 * np.pi), ylim=(0, 1.3 * float(run.density.max())))
left.legend(frameon=False, title=f"limit (lines), {run.sizes['expert']} experts (steps)")

# %% At the last time every distance falls like the square root of N.
last = table[table.time == table.time.max()]
for name, label, colour in (
    ("w2", "$W_2$", "#0072B2"),
    ("w1", "$W_1$", "#56B4E9"),
    ("coupling", "coupling", "#009E73"),
    ("function_error", "function error", "#D55E00"),
):
    right.errorbar(last.n_experts, last[name], last[f"{name}_stderr"], marker="o", ms=3, lw=1, color=colour, label=label)
    slope = np.polyfit(np.log(last.n_experts), np.log(last[name]), 1)[0]
    assert abs(slope + 0.5) < 0.05, (name, slope)
guide = last.n_experts.to_numpy(dtype=float)
right.plot(guide, 1.5 * guide**-0.5, "k--", lw=0.8, label="$N^{-1/2}$")
right.set(xscale="log", yscale="log", xlabel="experts $N$", ylabel=f"mean at $t = {last.time.iloc[0]:g}$ (± standard error)")
right.legend(frameon=False)
figure.savefig(FIGURE, dpi=200)
print(f"wrote {FIGURE}")
