# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # The tangent kernel's spectrum over time
#
# K_μ(x, x') = ∫ ∇f(θ, x)·∇f(θ, x') dμ(θ) on the 100 flowers of `iris-2d.yml`: in the mean-field limit it moves with the law, in lazy training it stays. Its
# least eigenvalue bounds the speed; its rank says which labels can be fitted. Study: `rates-2d.yml` with more times; the table `kernel`.

# %%
import figure_style as style
import numpy as np

kernel = style.study_table("kernel", "kernel").pivot(index="time", columns="index", values="eigenvalue")
certificates = style.study_table("kernel", "certificates").set_index("time")
lift = style.report("iris-2d-lift")
times = kernel.index.to_numpy()
n = kernel.shape[1]
assert len(times) > 8

# %% [markdown]
# At the start the law is uniform, where `kac lift` has the kernel in closed form. Later the residuals' quadratic form in the kernel, which is the
# dissipation −dL/dt = rᵀKr/n², lies between the extreme eigenvalues.

# %%
closed = np.array(lift["kernel"]["eigenvalues"])
rank = lift["kernel"]["rank"]
assert len(closed) == n
assert np.abs(kernel.loc[0.0].to_numpy() - closed).max() < 1e-8 * closed[0]
assert (kernel.to_numpy()[:, rank:] < 1e-6 * closed[0]).all() and (kernel.to_numpy()[:, rank - 1] > 1e-6 * closed[0]).all()
losses = certificates.loss
for early, late in zip(times, times[1:]):
    # Mean value theorem: some dissipation between the two equals the quotient.
    speed = (losses[early] - losses[late]) / (late - early)
    assert 0 <= speed <= 2 * losses[early] * kernel.to_numpy()[:, 0].max() / n
assert np.allclose(certificates.least_eigenvalue, 0, atol=1e-10 * closed[0])

# %%
figure, (left, right) = style.axes(1, 2, height=2.5)
colours = style.plt.get_cmap("viridis")(np.linspace(0, 0.88, rank))
for index in range(rank):
    left.plot(times, kernel[index] / n, "o-", ms=2, color=colours[index])
    right.plot(times, kernel[index] / kernel.loc[0.0, index], "o-", ms=2, color=colours[index], label=rf"$\lambda_{{{index + 1}}}$")
left.set(yscale="log", xlabel="time $t$", ylabel=r"eigenvalues $\lambda_j / n$ of $K_{\mu_t}$")
right.axhline(1, color=style.BLACK, ls="--", lw=0.8)
right.text(times[-1], 0.985, "lazy", ha="right", va="top")
right.set(xlabel="time $t$", ylabel=r"$\lambda_j(t)/\lambda_j(0)$")
figure.legend(*right.get_legend_handles_labels(), loc="outside upper center", ncols=6, columnspacing=0.8)
style.letters((left, right))
style.save(figure, "kernel_spectrum")
