# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The solvers' accuracy against their cost, beside other programs
#
# Transport in a given potential, two angles, to t = 0.5 (`transport-2d.yml`): relative L1 errors against the flow followed backward by SciPy's DOP853, and
# times on one thread, measured in one call by `measure_solvers.py` on the machine that drew the figure. Galerkin and characteristics choose their modes
# and nodes by the tolerance, the others by the grid.

# %%
import figure_style as style
import numpy as np
import pandas

report = style.report("solver-cost")
measured = pandas.DataFrame(report["measured"])
own = measured[measured.program == "kac"]
print("left out:", report["left_out"] or "nothing")

# %% [markdown]
# Orders by grid: between 1 and above for upwind, 1.5 at least for MUSCL (limiters cost accuracy at extrema), 4 for WENO5. Errors of Galerkin and of characteristics
# fall with the tolerance, but not below what the reference has.

# %%
for method, order in (("upwind", 0.7), ("muscl", 1.5), ("weno5", 4)):
    found = own[own.method == method].sort_values("cells")
    orders = -np.diff(np.log(found.error)) / np.diff(np.log(found.cells))
    assert orders[-1] > order, (method, orders)
for method in ("galerkin", "characteristics"):
    found = own[own.method == method]
    errors = found.sort_values("tolerance", key=lambda values: -values.astype(float)).error.to_numpy()
    assert (errors[1:] <= 1.01 * errors[:-1]).all() and errors[-1] < 1e-8, (method, errors)
assert (measured.seconds > 0).all()

# %%
figure, panel = style.axes(height=3.2)
styles = {
    "upwind": (style.ORANGE, "v", "upwind"),
    "muscl": (style.GREEN, "s", "MUSCL"),
    "weno5": (style.SKY, "D", "WENO5"),
    "characteristics": (style.PURPLE, "^", "characteristics"),
    "galerkin": (style.BLUE, "o", "Galerkin"),
}
for method, (colour, marker, label) in styles.items():
    found = own[own.method == method].sort_values("seconds")
    panel.plot(found.seconds, found.error, marker=marker, color=colour, label=label)
others = {
    "CKernel": ("s", "MUSCL in C"),
    "Spectral": ("o", "pseudo-spectral, scipy.fft"),
    "NumbaGalerkin": ("*", "Galerkin stencil, numba"),
    "PyPde": ("P", "py-pde"),
}
for method, (marker, label) in others.items():
    found = measured[measured.method == method].sort_values("seconds")
    if len(found):
        panel.plot(found.seconds, found.error, marker=marker, ls=":", color=style.BLACK, mfc="white", ms=4 if marker != "*" else 6, mew=0.7, label=label)
panel.set(xscale="log", yscale="log", xlabel="seconds on one thread", ylabel=r"relative $L^1$ error of $\rho_{0.5}$")
handles, labels = panel.get_legend_handles_labels()
figure.legend(handles, labels, loc="outside upper center", ncols=3, columnspacing=0.8)
style.save(figure, "solver_cost")
