# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Loss against time for N experts and the limit
#
# One qubit, two data, `f(θ, x) = cos(θ − x)` at x = 0 and π/2, so that F_N is the real and the imaginary part of the experts' mean of e^{iθ}. Above one trained
# mixture of each N; below how far the loss is from the limit's, over many mixtures: the mean falls as 1/N, the spread as N^(−1/2) times
# the residual. Experiments: `one-qubit.yml` with one count each, and the study `rates-1d.yml`.

# %%
import figure_style as style
import numpy as np
from scipy.optimize import brentq

counts = [10, 100, 1000, 10000, 100000]
target = 0.5 + 0.3j
runs = {n: style.run(f"loss-{n}") for n in counts}
limit = runs[counts[-1]]
times = limit.time.values

# %% [markdown]
# The losses of the stored experts, and the difference from the limit's beside what kac put into its table.

# %%
losses = {}
for n, run in runs.items():
    mean = np.exp(1j * run.expert_x.values).mean(axis=1)
    losses[n] = np.abs(mean - target) ** 2 / 4
    table = style.run_table(f"loss-{n}", "comparison")
    for _, row in table.iterrows():
        gap = abs(losses[n] - limit.loss.values)[np.argmin(abs(times - row.time))]
        assert abs(gap - row.loss_gap) < 1e-7 * max(1e-3, row.loss_gap) + 1e-12, (n, row.time, gap, row.loss_gap)

# %% [markdown]
# The limit's loss by the exact solution: L = ¼ (η − s)², where s(t) is that of `density_1d.py`. Of N experts it never rises.

# %%
eta = abs(target)


def time_of(s):
    return 4 * (-np.log1p(-s / eta) / (1 - eta**2) + np.log1p(-s) / (2 * (1 - eta)) + np.log1p(s) / (2 * (1 + eta)))


exact = np.array([(eta - (brentq(lambda s: time_of(s) - t, 0, eta * (1 - 1e-15)) if t else 0)) ** 2 / 4 for t in times])
assert np.allclose(limit.loss, exact, rtol=1e-7, atol=1e-13)
for n in counts:
    assert (np.diff(losses[n]) <= 0).all()

# %%
samples = style.study_samples("rates-1d")
study_times = sorted({float(name.split("@")[1]) for name in samples.columns if "@" in name})
seen = [100, 1000, 10000]
spread = {}
for n in seen:
    own = samples[samples.n_experts == n]
    gaps = np.array([own[f"trained.loss_gap@{t}"] for t in study_times])
    replicates = gaps.shape[1]
    deviation = gaps.std(axis=1, ddof=1)
    # Of Gaussian samples the standard deviation's standard error is σ/√(2(R − 1)).
    spread[n] = deviation, deviation / np.sqrt(2 * (replicates - 1))
# √N times the spread is one curve: within five standard errors of the two together.
for n in seen[1:]:
    (a, da), (b, db) = spread[seen[0]], spread[n]
    factor = np.sqrt(n / seen[0])
    assert (np.abs(a - factor * b)[:5] < 5 * np.hypot(da, factor * db)[:5]).all()

# %%
figure, (above, below) = style.axes(2, 1, height=4.2)
colours = style.plt.get_cmap("viridis")(np.linspace(0, 0.88, len(counts)))
for n, colour in zip(counts, colours):
    above.plot(times, losses[n], color=colour, label=f"$N=10^{int(np.log10(n))}$")
above.plot(times, limit.loss, "--", color=style.BLACK, label=r"limit $N=\infty$")
above.set(yscale="log", xlabel="time $t$", ylabel="loss $L$ of one mixture", xlim=(0, times[-1]), xticks=[0, 5, 10, 15, 20])
above.legend(ncols=2)
for n, colour in zip(seen, colours[1:]):
    deviation, error = spread[n]
    below.errorbar(study_times, np.sqrt(n) * deviation, np.sqrt(n) * error, fmt="o-", color=colour, label=f"$N=10^{int(np.log10(n))}$")
below.set(
    xlabel="time $t$",
    ylabel=r"$\sqrt{N}$ × std of $L_N - L$",
    xlim=(-0.1, study_times[-1] + 0.1),
    ylim=(0, None),
)
below.legend(title=f"{replicates} mixtures (± standard error)", title_fontsize=7)
style.letters((above, below))
style.save(figure, "loss")
