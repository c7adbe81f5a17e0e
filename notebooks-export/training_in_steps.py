# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Learning rate, mini-batches and measurement shots against the flow
#
# Gradient descent is Euler's method of the flow with Δt = η/N: its distance from the flow is O(Δt). Mini-batches of B data and S measurement shots of every
# expectation are noise: √(Δt/B) and √(Δt/S). Study: `training-in-steps.yml`, root mean squares over experts and replicates.

# %%
import figure_style as style
import numpy as np

distances = style.study_table("training-in-steps", "distances")
slopes = style.study_table("training-in-steps", "slopes").set_index("series")

# %% [markdown]
# Exponents: Euler's is biased by its own second order, which at the largest step is about Δt of the first; the noises' are within three standard errors.

# %%
largest = distances[distances.series == "gradient descent"].step.max()
assert abs(slopes.slope["gradient descent"] - 1) < largest
for series in slopes.index.drop("gradient descent"):
    slope = slopes.loc[series]
    assert abs(slope.slope - slope.theory) < 0.75 * (slope.slope_high - slope.slope_low), series

# %%
figure, panels = style.axes(1, 3, height=2.25, sharey=True)
kinds = [
    ("step", [("gradient descent", style.BLUE, "o"), ("mini-batches of 1", style.GREEN, "s"), ("1 shots", style.VERMILLION, "^")], r"step $\Delta t$"),
    ("batch", [("mini-batches", style.GREEN, "s")], "batch $B$"),
    ("shots", [("shots", style.VERMILLION, "^")], "shots $S$"),
]
for panel, (variable, series, label) in zip(panels, kinds):
    for name, colour, marker in series:
        own = distances[distances.series == name].sort_values(variable)
        panel.errorbar(own[variable], own.distance, own.stderr, fmt=marker, color=colour)
        # The theory's power through the middle of the points.
        theory = slopes.theory[name]
        x = own[variable].to_numpy()
        level = np.exp(np.mean(np.log(own.distance) - theory * np.log(x)))
        panel.plot(x, level * x**theory, color=colour, lw=0.7)
    panel.set(xscale="log", yscale="log", xlabel=label)
    panel.minorticks_off()
panels[0].set_xticks([0.005, 0.01, 0.02, 0.04], ["", "0.01", "", "0.04"])
panels[1].set_xticks([1, 2, 4, 8], ["1", "2", "4", "8"])
panels[2].set_xticks([1, 4, 16], ["1", "4", "16"])
panels[0].set_ylabel("distance from the flow (radian)")
line = style.plt.Line2D
figure.legend(
    handles=[
        line([], [], marker="o", color=style.BLUE, label=r"all data: $\Delta t$"),
        line([], [], marker="s", color=style.GREEN, label=r"batches: $\sqrt{\Delta t/B}$"),
        line([], [], marker="^", color=style.VERMILLION, label=r"shots: $\sqrt{\Delta t/S}$"),
    ],
    loc="outside upper center",
    ncols=3,
    columnspacing=0.8,
    title="root mean squares, ± standard error; lines: the theory's powers",
    title_fontsize=7,
)
style.letters(panels)
style.save(figure, "training_in_steps")
