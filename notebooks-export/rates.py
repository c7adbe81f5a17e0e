# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Rates in one, two and three angles, and what does not prove them
#
# Propagation of chaos: mixtures of N experts tend to the limit. E W₂² falls as the sharp rates of d = 1, 2, 3 say, but so it does for independent draws from the
# limit, and for d ≥ 2 for a wrong limit too: sampling hides the difference. What shows it are the coupling and the function error, N^(−1/2) for
# every d, and the fluctuation spectrum S_k = N·E|μ̂ᴺ_k − μ̂_k|² beside its prediction. Studies: `rates-1d.yml`, `rates-2d.yml`, `rates-3d.yml`.

# %%
import figure_style as style
import numpy as np

time = 5
studies = {d: f"rates-{d}d" for d in (1, 2, 3)}
means = {d: style.study_table(name, "means").query("time == @time") for d, name in studies.items()}
rates = {d: style.study_table(name, "rates").query("time == @time") for d, name in studies.items()}
fits = {d: style.study_table(name, "prefactors").query("time == @time") for d, name in studies.items()}
fluctuations = {d: style.study_table(name, "fluctuations").query("time == @time") for d, name in studies.items()}


def one(table, family, quantity):
    return table[(table.family == family) & (table.quantity == quantity)]


# %% [markdown]
# Exponents: the theory's within three standard errors (an interval of 95 % is four wide), the wrong limit's function error does not fall as it should.

# %%
for d in studies:
    for quantity in ("coupling", "function_error"):
        rate = one(rates[d], "trained", quantity).iloc[0]
        assert rate.theory == -0.5
        assert abs(rate.exponent - rate.theory) < 0.75 * (rate.exponent_high - rate.exponent_low), (d, quantity)
    wrong = one(rates[d], "wrong", "function_error").iloc[0]
    assert wrong.exponent_high < -0.5 or wrong.exponent_low > -0.5, d

# %% [markdown]
# The spectrum: measured and predicted within five standard errors for each wave (some thirty are looked at), and the wrong limit is told by it.

# %%
spectra = {}
for d in studies:
    table = fluctuations[d][fluctuations[d].quantity.str.startswith("s_")]
    # The largest mixtures of which there are enough.
    counts = means[d][means[d].replicates >= 30].n_experts
    spectra[d] = table[table.n_experts == counts.max()]
    for family in ("trained", "independent"):
        found = spectra[d][spectra[d].family == family]
        score = (found.measured - found.predicted).abs() / found.stderr
        assert score.max() < 5, (d, family, float(score.max()))
    wrong = fluctuations[d].query("family == 'wrong' and n_experts == @counts.max()")
    assert ((wrong.measured - wrong.predicted) / wrong.stderr).max() > 5, d

# %%
forms = {
    "a / N": lambda n, a, b: a / n,
    "(a ln N + b) / N": lambda n, a, b: (a * np.log(n) + b) / n,
    "a N^-2/3 + b / N": lambda n, a, b: a * n ** (-2 / 3) + b / n,
}
labels = {
    "a / N": "$a/N$",
    "(a ln N + b) / N": r"$(a\,\ln N + b)/N$",
    "a N^-2/3 + b / N": "$aN^{-2/3} + b/N$",
}
families = {
    "trained": (style.BLUE, "o", "trained mixtures"),
    "independent": (style.ORANGE, "s", "independent draws"),
    "wrong": (style.VERMILLION, "^", "wrong limit"),
}


def errorbars(panel, table, colour, marker, label, hollow=False):
    """The root-mean-square family: means of squares with 95 % intervals."""
    error = [table.fitted_mean - table.fitted_low, table.fitted_high - table.fitted_mean]
    panel.errorbar(
        table.n_experts, table.fitted_mean, np.abs(error), fmt=marker, color=colour, label=label, mfc="none" if hollow else colour, mew=0.7, lw=0.7
    )


figure = style.plt.figure(figsize=(style.WIDTH, 6.3))
grid = figure.add_gridspec(4, 2, height_ratios=[1, 1, 1, 1.05])
for row, d in enumerate(studies):
    left, right = figure.add_subplot(grid[row, 0]), figure.add_subplot(grid[row, 1])
    if d == 1:
        left.set_title("experts beside the density", size=7)
        right.set_title("exponents of the roots [95 %]", size=7)
    for family, (colour, marker, label) in families.items():
        table = one(means[d], family, "w2").dropna()
        if len(table):
            errorbars(left, table, colour, marker, label, hollow=family != "trained")
    n = np.geomspace(*one(means[d], "trained", "w2").n_experts.agg(["min", "max"]), 100)
    fit = one(fits[d], "trained", "w2").iloc[0]
    left.plot(n, forms[fit.form](n, fit.a, fit.b), color=style.BLUE, lw=0.8)
    left.text(0.05, 0.07, labels[fit.form], transform=left.transAxes, color=style.BLUE)
    left.text(0.95, 0.93, f"$d={d}$", transform=left.transAxes, ha="right", va="top")
    left.set_ylabel(r"$E\,W_2^2$ (radian$^2$)")
    for quantity, colour, marker in (("coupling", style.PURPLE, "D"), ("function_error", style.GREEN, "o")):
        table = one(means[d], "trained", quantity)
        errorbars(right, table, colour, marker, None)
        fit = one(fits[d], "trained", quantity).iloc[0]
        right.plot(n, fit.a / n, color=colour, lw=0.8)
        rate = one(rates[d], "trained", quantity).iloc[0]
        right.text(
            0.05,
            0.19 if quantity == "coupling" else 0.07,
            rf"${rate.exponent:.3f}$ $[{rate.exponent_low:.3f}, {rate.exponent_high:.3f}]$",
            transform=right.transAxes,
            color=colour,
            size=7,
        )
    errorbars(right, one(means[d], "wrong", "function_error"), style.VERMILLION, "^", None, hollow=True)
    right.set_ylabel("mean square")
    for panel in (left, right):
        panel.set(xscale="log", yscale="log")
        low, high = panel.get_ylim()
        panel.set_ylim(low / (12 if panel is left else 60), high * 3)
    if d == 3:
        left.set_xlabel("experts $N$")
        right.set_xlabel("experts $N$")

below = figure.add_subplot(grid[3, :])
place, ticks, names = 0, [], []
for d in studies:
    waves = list(dict.fromkeys(spectra[d].quantity))
    start = place
    for family, (colour, marker, _) in families.items():
        table = spectra[d][spectra[d].family == family].set_index("quantity").reindex(waves)
        x = place + np.arange(len(waves)) + {"trained": -0.2, "independent": 0.0, "wrong": 0.2}[family]
        below.errorbar(
            x, table.measured, table.stderr, fmt=marker, ms=2.2, color=colour, lw=0.6, capsize=0, mfc="none" if family != "trained" else colour, mew=0.6
        )
        if family != "wrong":
            below.plot(x, table.predicted, "_", color=style.BLACK, ms=5, mew=0.9)
    place += len(waves)
    below.text((start + place - 1) / 2, 0.97, f"$d={d}$", transform=below.get_xaxis_transform(), ha="center", va="top")
    if d < 3:
        below.axvline(place, color="0.7", lw=0.6)
    place += 1
below.set(yscale="log", xlabel=r"waves $k$, by size", ylabel=r"$S_k = N\,E|\hat\mu^N_k - \hat\mu_k|^2$", xticks=[])
low, high = below.get_ylim()
below.set_ylim(low, high * 2.5)

line = style.matplotlib.lines.Line2D
handles = [line([], [], ls="", marker=marker, color=colour, mfc="none" if family != "trained" else colour) for family, (colour, marker, _) in families.items()]
handles += [
    line([], [], ls="", marker="D", color=style.PURPLE),
    line([], [], ls="", marker="o", color=style.GREEN),
    line([], [], ls="", marker="_", color=style.BLACK, ms=6),
]
names = [label for _, _, label in families.values()] + ["coupling", "function error", "predicted"]
figure.legend(handles, names, loc="outside upper center", ncols=3, columnspacing=1)
style.save(figure, "rates")
