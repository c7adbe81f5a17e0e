# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Fluctuations of the generated function
#
# The central limit theorem (Melchor Hernandez, arXiv 2606.21721): √N (F_N − F) tends to a Gaussian, whose variance the linearised transport equation gives
# without training a mixture. N·Var F_N(t) at one input falls below that of independent draws from ρ_t (resampling): training corrects its own
# sampling error. Study: `rates-1d.yml`.

# %%
import figure_style as style
import numpy as np
from scipy.stats import chi2, kstest, norm

experts = 1000
table = style.study_table("rates-1d", "fluctuations").query("quantity == 'deviation' and n_experts == @experts")
samples = style.study_samples("rates-1d").query("n_experts == @experts")
replicates = len(samples)
times = table.time.unique()

# %% [markdown]
# Measured and predicted: the measured ratio times the number of replicates is χ², within a chance of one in ten thousand either way. The start is
# exact: Var cos θ = ½ under the uniform law.

# %%
trained, drawn = (table[table.family == family].sort_values("time") for family in ("trained", "independent"))
assert abs(trained.predicted.iloc[0] - 0.5) < 1e-9
for family in (trained, drawn):
    probability = chi2.cdf(replicates * family.measured / family.predicted, replicates)
    assert ((probability > 1e-4) & (probability < 1 - 1e-4)).all(), probability
assert (trained.predicted.to_numpy()[1:] < drawn.predicted.to_numpy()[1:]).all()

# %% [markdown]
# The samples themselves over their predicted deviation are standard normal.

# %%
shown = [0.0, 5.0]
scaled = {}
for t in shown:
    predicted = trained[trained.time == t].predicted.iloc[0]
    values = np.sort(np.sqrt(experts / predicted) * samples[f"trained.deviation@{t}"].to_numpy())
    assert kstest(values, "norm").pvalue > 1e-4
    scaled[t] = values

# %%
figure, (left, right) = style.axes(1, 2, height=2.3)
for family, colour, marker, label in ((trained, style.BLUE, "o", "trained"), (drawn, style.ORANGE, "s", "resampled")):
    left.plot(family.time, family.predicted, color=colour)
    left.errorbar(family.time, family.measured, family.stderr, fmt=marker, color=colour, label=label)
left.set(xlabel="time $t$", ylabel=r"$N\,\mathrm{Var}\,F_N(x)$ (± std. error)", ylim=(0, None))
figure.legend(loc="outside upper center", ncols=3, handles=[*left.get_legend_handles_labels()[0], style.plt.Line2D([], [], color="0.4")], labels=["trained", "resampled", "predicted"])
ranks = norm.ppf((np.arange(1, replicates + 1) - 1 / 3) / (replicates + 1 / 3))
for t, colour, marker in zip(shown, (style.GREEN, style.VERMILLION), "o^"):
    right.plot(ranks, scaled[t], marker, ms=2, mew=0, color=colour, label=f"$t={t:g}$")
edge = 1.15 * np.abs(ranks).max()
right.plot([-edge, edge], [-edge, edge], color=style.BLACK, lw=0.6)
right.set(xlabel="normal quantile", ylabel=r"$\sqrt{N}(F_N - F)/\sigma_t$")
right.legend(loc="lower right")
style.letters((left, right))
style.save(figure, "fluctuations")
