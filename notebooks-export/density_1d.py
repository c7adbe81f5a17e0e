# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The limit's density over the histogram of its experts, one angle
#
# One qubit, two data, `f(θ, x) = cos(θ − x)`: as N grows the histogram of the experts tends to the density ρ_t of the mean-field limit (Melchor Hernandez,
# Pastorello, De Palma 2026), which for an angle that is used once is a Poisson kernel (Ott and Antonsen 2008). Experiment: `one-qubit.yml`.

# %%
import figure_style as style
import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

run = style.run("one-qubit")
times = [0.5, 2, 5, 20]
target = np.array([0.5, 0.3])

# %% [markdown]
# The exact solution: z = ∫ e^{iθ} dμ keeps the direction of y₁ + i y₂, and its size s obeys ds/dt = ¼ (η − s)(1 − s²), η = |y|, which partial fractions
# integrate to t(s). The density's Fourier coefficients are powers of z.

# %%
eta, direction = np.hypot(*target), np.arctan2(target[1], target[0])


def time_of(s):
    return 4 * (-np.log1p(-s / eta) / (1 - eta**2) + np.log1p(-s) / (2 * (1 - eta)) + np.log1p(s) / (2 * (1 + eta)))


def exact_density(angles, t, width=0.0):
    """The Poisson kernel, or its averages over cells of a width."""
    s = brentq(lambda s: time_of(s) - t, 0, eta * (1 - 1e-15)) if t > 0 else 0.0
    k = np.arange(1, 200)
    waves = np.cos(np.multiply.outer(angles - direction, k))
    return (1 + 2 * waves @ (s**k * np.sinc(k * width / (2 * np.pi)))) / (2 * np.pi)


width = 2 * np.pi / run.sizes["x"]
angles = run.x.values
for t in run.time.values:
    error = np.abs(run.density.sel(time=t) - exact_density(angles, t, width)).max()
    assert error < 1e-10, (t, float(error))

# %% [markdown]
# The experts are trained, not drawn, so they are at least as even as independent draws: Pearson's χ² of the histogram must not be too large.

# %%
bins = 32
experts = run.sizes["expert"]
assert run.sizes["x"] % bins == 0
for t in run.time.values:
    expected = experts * width * run.density.sel(time=t).values.reshape(bins, -1).sum(1)
    counted = np.histogram(run.expert_x.sel(time=t), bins=bins, range=(0, 2 * np.pi))[0]
    probability = chi2.sf((((counted - expected) ** 2) / expected).sum(), bins - 1)
    assert probability > 1e-4, (t, probability)

# %%
figure, panels = style.axes(2, 2, height=2.9, sharex=True, sharey=True)
sparse = slice(4, None, 16)
for panel, t in zip(panels.flat, times):
    counts, edges = np.histogram(run.expert_x.sel(time=t), bins=bins, range=(0, 2 * np.pi), density=True)
    panel.stairs(counts, edges, fill=True, color=style.SKY, alpha=0.55, label=rf"$N={experts}$ experts")
    panel.plot(angles, run.density.sel(time=t), color=style.BLUE, label=r"limit $\rho_t$")
    panel.plot(angles[sparse], exact_density(angles, t)[sparse], ".", ms=3.5, color=style.VERMILLION, label="exact")
    panel.text(0.95, 0.94, f"$t={t:g}$", transform=panel.transAxes, ha="right", va="top")
    style.angle_axis(panel.xaxis)
    panel.set(xlim=(0, 2 * np.pi), ylim=(0, 1.18 * float(run.density.max())))
for panel in panels[1]:
    panel.set_xlabel(r"$\theta$ (radian)")
for panel in panels[:, 0]:
    panel.set_ylabel(r"$\rho_t(\theta)$ (1/radian)")
handles, labels = panels.flat[0].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside upper center", ncols=3)
style.save(figure, "density_1d")
