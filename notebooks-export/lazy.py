# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Lazy against mean-field training
#
# F = α N^(−γ) Σ f: for γ = ½ the parameters move as N^(−1/2) and the kernel freezes (lazy; Chizat, Oyallon and Bach 2019), for γ = 1 both move O(1) (mean-field). Between
# them the displacement falls as N^(γ − 1). Motion is not learning: taught by one of their own kind, mean-field mixtures learn it and lazy ones do not. A
# single wide network of m qubits is lazy as well. Studies: `lazy.yml`, `teacher.yml`, `width.yml`.

# %%
import figure_style as style
import numpy as np

means = style.study_table("lazy", "means")
slopes = style.study_table("lazy", "slopes")
gammas = sorted(means.gamma.unique())
taught = style.study_table("teacher", "means")
width = style.study_table("width", "means")
wide = style.study_table("width", "slopes").set_index("quantity")

# %% [markdown]
# Displacements have the theory's slopes within three standard errors; so has the kernel's drift of the mean-field, which does not fall, while the lazy one falls.

# %%
for _, slope in slopes[slopes.quantity == "displacement"].iterrows():
    assert slope.theory == slope.gamma - 1
    assert abs(slope.slope - slope.theory) < 0.75 * (slope.slope_high - slope.slope_low), slope
drift = slopes[slopes.quantity == "kernel_drift"].set_index("gamma")
assert drift.slope_high[0.5] < -0.3
assert abs(drift.slope[1.0]) < 0.75 * (drift.slope_high[1.0] - drift.slope_low[1.0])

# %% [markdown]
# On inputs that were not taught the mean-field mixtures are off by a tenth at most, the lazy ones by a half at least. The angles of a wide network move as m^(−1/2).

# %%
test = taught[taught.quantity == "test_error"].groupby("gamma")["mean"]
assert test.max()[1.0] < 0.1 and test.min()[0.5] > 0.5
assert abs(wide.slope["displacement"] + 0.5) < 0.75 * (wide.slope_high["displacement"] - wide.slope_low["displacement"])
assert wide.slope_high["kernel_drift"] < -0.5

# %%
figure, panels = style.axes(3, 2, height=5.6)
colours = dict(zip(gammas, style.plt.get_cmap("viridis")(np.linspace(0, 0.88, len(gammas)))))
quantities = [
    ("displacement", "displacement (radian)"),
    ("kernel_drift", "kernel drift"),
    ("loss", "loss $L$"),
    ("test_error", "test error"),
]
for panel, (quantity, label) in zip(panels.flat, quantities):
    for gamma, colour in colours.items():
        own = means[(means.quantity == quantity) & (means.gamma == gamma)]
        panel.errorbar(own.n_experts, own["mean"], own.stderr, fmt="o-", color=colour, label=rf"$\gamma={gamma:g}$")
    panel.set(xscale="log", ylabel=label)
    if quantity in ("displacement", "kernel_drift"):
        panel.set_yscale("log")
for gamma in sorted(taught.gamma.unique()):
    own = taught[(taught.quantity == "test_error") & (taught.gamma == gamma)]
    panels[2, 0].errorbar(own.n_experts, own["mean"], own.stderr, fmt="o-", color=colours[gamma])
panels[2, 0].set(xscale="log", ylabel="test error", ylim=(0, 0.9))
panels[2, 0].text(0.97, 0.95, "taught by one expert, $d=6$", ha="right", va="top", fontsize=6.5, transform=panels[2, 0].transAxes)
for quantity, marker, label in (("displacement", "o", "displacement"), ("kernel_drift", "s", "kernel drift")):
    own = width[width.quantity == quantity]
    panels[2, 1].errorbar(own.n_experts, own["mean"], own.stderr, fmt=marker + "-", color=style.BLACK, mfc="white" if marker == "s" else None, label=label)
panels[2, 1].legend(loc="lower left", fontsize=6.5)
panels[2, 1].set(xscale="log", yscale="log", xlabel="qubits $m$ of one network", ylabel="displacement, drift")
for panel in (*panels[1], panels[2, 0]):
    panel.set_xlabel("experts $N$")
n = np.array([means.n_experts.min(), means.n_experts.max()], dtype=float)
lazy = means[(means.quantity == "displacement") & (means.gamma == 0.5)]["mean"].iloc[0]
panels[0, 0].plot(n, 0.6 * lazy * (n / n[0]) ** -0.5, "--", color=style.BLACK, lw=0.8)
panels[0, 0].text(n[0] * 1.1, 0.2 * lazy, "$N^{-1/2}$")
figure.legend(
    *panels[0, 0].get_legend_handles_labels(),
    loc="outside upper center",
    ncols=3,
    title="means over mixtures, ± standard error",
    title_fontsize=7,
)
style.letters(panels.flat)
style.save(figure, "lazy")
