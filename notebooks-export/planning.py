# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Experts needed against accuracy
#
# `kac plan` says how many experts hold an error with probability 0.95 at the last time: from the Gaussian fluctuations for the generated function, without
# training a mixture, and from the fitted law of some trained ones for W₁. Beside it what the explicit bound would ask for, and how many of a hundred trained mixtures
# hold the error (`--verify`). Experiment: `iris.yml`.

# %%
import figure_style as style
import numpy as np

plans = {goal: [style.report(f"plans/{file.stem}") for file in (style.DATA / "plans").glob(f"{goal}-*.json")] for goal in ("function", "w1")}
for found in plans.values():
    found.sort(key=lambda plan: plan["error"])

# %% [markdown]
# N·ε² is constant but for rounding N up; every verification contains the asked confidence; the bound is above, by far.

# %%
for goal, found in plans.items():
    assert len(found) >= 3
    errors = np.array([plan["error"] for plan in found])
    experts = np.array([plan["experts"] for plan in found])
    # The last digits of N, and the interval of the plan itself.
    slack = np.array([plan["upper"] - plan["lower"] + 2 for plan in found])
    constant = experts[0] * errors[0] ** 2
    assert (np.abs(experts - constant / errors**2) < slack + slack[0] * errors[0] ** 2 / errors**2).all(), goal
    for plan in found:
        verification = plan["verification"]
        assert verification["passes"] and verification["upper"] >= plan["confidence"]
        assert plan["explicit_bound"] is None or plan["explicit_bound"] > 1e3 * plan["experts"]

# %%
figure, (above, below) = style.axes(2, 1, height=3.6, sharex=True, height_ratios=[2, 1])
kinds = {"function": (style.BLUE, "o", "function"), "w1": (style.GREEN, "s", "$W_1$ (radian)")}
for goal, (colour, marker, label) in kinds.items():
    found = plans[goal]
    errors = [plan["error"] for plan in found]
    above.plot(errors, [plan["experts"] for plan in found], marker=marker, color=colour, label=f"planned, {label}")
    held = np.array([plan["verification"]["held"] / plan["verification"]["trials"] for plan in found])
    low = held - [plan["verification"]["lower"] for plan in found]
    high = [plan["verification"]["upper"] for plan in found] - held
    below.errorbar(errors, held, [low, high], fmt=marker, color=colour)
bounds = [(plan["error"], plan["explicit_bound"]) for plan in plans["function"]]
above.plot(*zip(*bounds), "^--", color=style.VERMILLION, label="explicit bound, function")
above.set(xscale="log", yscale="log", ylabel="experts $N$")
below.axhline(0.95, color=style.BLACK, lw=0.8, ls="--", label="asked")
figure.legend(loc="outside upper center", ncols=2)
below.set(xlabel=r"error $\varepsilon$", ylabel="coverage\n[99.9 %]", ylim=(0.75, 1.03))
style.letters((above, below))
style.save(figure, "planning")
