# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Quantum and classical choirs, entanglement on and off
#
# The theory asks for a bounded smooth expert, not for a quantum one: the exponents are those of a qubit, of a cosine neuron (the same polynomial, so the same
# numbers to the bit), and of a tanh neuron; of circuits with and without entangling gates; and of chains of 2 to 100 qubits. The constants differ, and are
# predicted. Studies: `choir.yml`, `sweep-circuits.yml`, `sweep-qubits.yml`.

# %%
import figure_style as style
import numpy as np

sweeps = {name: style.study_table(name, "sweep") for name in ("choir", "sweep-circuits", "sweep-qubits")}
quantities = {
    "w2": (style.ORANGE, "s", "$W_2$"),
    "coupling": (style.PURPLE, "D", "coupling"),
    "function_error": (style.GREEN, "o", "function error"),
}

# %% [markdown]
# Exponents within three standard errors of −½; measured constants of the function error within four of the predicted (the interval of 95 % is four wide).

# %%
for name, sweep in sweeps.items():
    for _, row in sweep[sweep.quantity.isin(quantities)].iterrows():
        assert abs(row.exponent + 0.5) < 0.75 * (row.exponent_high - row.exponent_low), (name, row.value, row.quantity)
        if np.isfinite(row.predicted):
            assert abs(row.a - row.predicted) < row.a_high - row.a_low, (name, row.value, row.quantity)
qubit, neuron = (sweeps["choir"][sweeps["choir"].value == value].drop(columns="value") for value in ("qubit", "cosine neuron"))
assert np.array_equal(qubit.exponent.to_numpy(), neuron.exponent.to_numpy())

# %%
rows = {name: list(dict.fromkeys(sweep.value)) for name, sweep in sweeps.items()}
figure, panels = style.axes(
    3, 2, height=4.8, sharey="row", sharex="col", height_ratios=[len(values) for values in rows.values()], width_ratios=[1.2, 1]
)
for (left, right), (name, sweep) in zip(panels, sweeps.items()):
    values = rows[name]
    for offset, (quantity, (colour, marker, label)) in zip((-0.2, 0, 0.2), quantities.items()):
        own = sweep[sweep.quantity == quantity]
        if not len(own):
            continue
        y = np.array([values.index(value) for value in own.value]) + offset
        left.errorbar(own.exponent, y, xerr=[own.exponent - own.exponent_low, own.exponent_high - own.exponent], fmt=marker, color=colour, label=label)
        if quantity == "function_error":
            right.errorbar(own.a, y, xerr=[own.a - own.a_low, own.a_high - own.a], fmt=marker, color=colour)
            right.plot(own.predicted, y, "|", color=style.BLACK, ms=8)
    left.axvline(-0.5, color=style.BLACK, lw=0.6, ls="--")
    left.set_yticks(range(len(values)), [value.replace(" ", "\n", 1) if len(value) > 10 else value for value in values])
    left.set_ylim(len(values) - 0.5, -0.5)
    left.tick_params(axis="y", length=0)
    right.tick_params(axis="y", length=0)
panels[2, 0].set_xlabel("exponent of $N$ [95 %]")
panels[2, 1].set_xlabel(r"$N\,E(F_N - F)^2$ [95 %]")
panels[2, 1].set_xlim(left=0)
handles, labels = panels[0, 0].get_legend_handles_labels()
figure.legend([*handles, style.plt.Line2D([], [], ls="", marker="|", ms=8, color=style.BLACK)], [*labels, "predicted"], loc="outside upper center", ncols=4, columnspacing=0.8)
style.letters(panels.flat)
style.save(figure, "choirs")
