# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The picture of the front page
#
# Experts beside their limit, and how the distances between them fall with N. Experiment: `iris.yml` as it is shipped, whatever the figures' size, so that
# the committed `docs/kac.svg` is made again.

# %%
import os

import figure_style as style
import numpy as np

run, few = style.run("iris"), style.run("iris-100")
table = style.run_table("iris", "comparison")
rates = style.run_table("iris", "rates")
time = float(run.time[-1])

# %%
width = 2 * np.pi / run.sizes["x"]
assert np.allclose(run.density.sum("x") * width, 1, atol=1e-12)
assert np.array_equal(run.density, few.density)
rates = rates[rates.time == time].set_index("quantity")
shown = {"w2": (style.ORANGE, "s", "$W_2$"), "coupling": (style.PURPLE, "D", "coupling"), "function_error": (style.GREEN, "o", "function error")}
for quantity in shown:
    assert rates.exponent_low[quantity] - 0.01 < -0.5 < rates.exponent_high[quantity] + 0.01, rates.loc[quantity]

# %%
figure, (left, right) = style.axes(1, 2, width=6.5, height=2.5, width_ratios=[1.1, 1])
last = {n: source.expert_x.isel(time=-1).values for n, source in ((100, few), (run.sizes["expert"], run))}
for (n, angles), (bins, colour, alpha) in zip(last.items(), ((16, style.ORANGE, 0.45), (64, style.SKY, 0.6))):
    counts, edges = np.histogram(angles, bins=bins, range=(0, 2 * np.pi), density=True)
    left.stairs(counts, edges, fill=True, color=colour, alpha=alpha, label=f"{n:,} experts")
left.plot(run.x, run.density.isel(time=-1), color=style.BLUE, lw=1.5, label=r"the limit $N\to\infty$")
style.angle_axis(left.xaxis)
left.set(xlabel=r"trained angle $\theta$ (radian)", ylabel=rf"density $\rho_t(\theta)$ at $t={time:g}$", xlim=(0, 2 * np.pi))
left.set_ylim(top=1.25 * left.get_ylim()[1])
left.legend(loc="upper right", fontsize=8)
rows = table[table.time == time]
for quantity, (colour, marker, label) in shown.items():
    right.errorbar(rows.n_experts, rows[quantity], rows[f"{quantity}_stderr"], fmt=marker + "-", color=colour, label=f"{label}, $N^{{{rates.exponent[quantity]:.2f}}}$")
right.set(xscale="log", yscale="log", xlabel="experts $N$", ylabel="distance from the limit (± standard error)")
right.legend(loc="lower left", fontsize=8)
# Under test the committed picture is left alone.
folder = style.FIGURES if "KAC_FIGURES" in os.environ else style.ROOT / "docs"
figure.savefig(folder / "kac.svg", metadata={"Date": None, "Creator": None})
assert (folder / "kac.svg").stat().st_size < 150_000
style.save(figure, "front_page")
