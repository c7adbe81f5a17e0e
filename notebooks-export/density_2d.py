# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Two angles: density, velocity, experts
#
# The limit's density ρ_t on the torus, the velocity −∇V that carries it, and a thousand trained experts; below the density as a surface, from the same run
# file by VTK's own reader. Experiment: `iris-2d.yml` with `output.fields: [potential, velocity]`.

# %%
import figure_style as style
import numpy as np
import pyvista
from scipy.stats import chi2

run = style.run("iris-2d")
times = [2, 10]
cells = run.sizes["x"]
width = 2 * np.pi / cells

# %% [markdown]
# What must hold of the stored fields: mass 1; the velocity is minus the gradient of the potential (both band-limited, so a transform differentiates exactly);
# the loss falls by the dissipation ∫ |∇V|² ρ.

# %%
waves = np.fft.fftfreq(cells, 1 / cells)
for t in run.time.values:
    now = run.sel(time=t)
    assert abs(float(now.density.sum()) * width**2 - 1) < 1e-12
    spectrum = np.fft.fft2(now.potential.values)
    for velocity, k in ((now.velocity_x, waves[None, :]), (now.velocity_y, waves[:, None])):
        gradient = np.fft.ifft2(1j * k * spectrum).real
        assert np.abs(velocity.values + gradient).max() < 1e-12
    # Cell averages of ρ beside values of ∇V: second order in the cells' width.
    dissipation = float(((now.velocity_x**2 + now.velocity_y**2) * now.density).sum()) * width**2
    assert abs(dissipation / float(now.dissipation) - 1) < width**2

# %%
experts = run.sizes["expert"]
blocks = 8
for t in times:
    now = run.sel(time=t)
    expected = experts * width**2 * now.density.values.reshape(blocks, cells // blocks, blocks, -1).sum((1, 3))
    edges = np.linspace(0, 2 * np.pi, blocks + 1)
    counted = np.histogram2d(now.expert_y, now.expert_x, bins=(edges, edges))[0]
    # Trained experts are at least as even as draws.
    assert chi2.sf(((counted - expected) ** 2 / expected).sum(), blocks**2 - 1) > 1e-4

# %% [markdown]
# The surface: `iris-2d.vtkhdf`, lifted by the density.

# %%
reader = pyvista.get_reader(style.DATA / "iris-2d.vtkhdf")
reader.reader.UpdateInformation()
reader.reader.SetStep(int(np.argmin(np.abs(run.time.values - times[-1]))))
block = reader.read()
assert np.array_equal(block["density"].reshape(cells, cells), run.density.sel(time=times[-1]))
surface = block.cell_data_to_point_data().warp_by_scalar("density", factor=12)
plotter = pyvista.Plotter(off_screen=True, window_size=(1600, 800))
plotter.add_mesh(surface, scalars="density", cmap="cividis", show_scalar_bar=False, smooth_shading=True)
plotter.add_mesh(block.outline(), color="black", line_width=2)
plotter.camera_position = [(-9, -11, 10), (np.pi, np.pi, 0.6), (0, 0, 1)]
plotter.camera.zoom(1.35)
picture = plotter.screenshot(return_img=True, transparent_background=False)
plotter.close()
assert picture.std() > 5, "an empty rendering"

# %%
figure = style.plt.figure(figsize=(style.WIDTH, 3.5), layout="none")
panels = [figure.add_axes((left, 0.575, 0.345, 0.345 * style.WIDTH / 3.5)) for left in (0.1, 0.49)]
top = float(run.density.sel(time=times).max())
step = cells // 10
half = step // 2
for panel, t in zip(panels, times):
    now = run.sel(time=t)
    image = panel.imshow(now.density, origin="lower", extent=(0, 2 * np.pi) * 2, cmap="cividis", vmin=0, vmax=top)
    panel.plot(now.expert_x[:400], now.expert_y[:400], ".", ms=1.3, color="white", mew=0)
    few = now.isel(x=slice(half, None, step), y=slice(half, None, step))
    panel.quiver(few.x, few.y, few.velocity_x, few.velocity_y, color=style.ORANGE, pivot="mid", width=0.011, headwidth=4)
    panel.set_title(f"$t={t:g}$")
    panel.set_xlabel(r"$\theta_0$ (radian)", labelpad=0)
    style.angle_axis(panel.xaxis)
    style.angle_axis(panel.yaxis)
panels[0].set_ylabel(r"$\theta_1$ (radian)", labelpad=-2)
panels[1].set_yticklabels([])
bar = figure.colorbar(image, cax=figure.add_axes((0.855, 0.575, 0.025, 0.345 * style.WIDTH / 3.5)))
bar.set_label(r"$\rho_t$ (1/radian$^2$)", labelpad=1)
below = figure.add_axes((0.06, 0.0, 0.88, 0.44))
used = np.argwhere((picture < 250).any(axis=2))
(first, left), (last, right) = used.min(0), used.max(0)
below.imshow(picture[first : last + 1, left : right + 1], aspect="equal")
below.set_axis_off()
figure.text(0.1, 0.42, rf"$\rho_t(\theta_0, \theta_1)$ at $t={times[-1]:g}$")
style.save(figure, "density_2d")
