# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Splashes and the ocean
#
# The same training as an animation: mixtures of 5, 50 and 5,000 experts of two angles, and the density that they tend to. Experiment: `iris-2d.yml`
# with one count each.

# %%
import figure_style as style
import numpy as np
from PIL import Image

counts = [5, 50, 5000]
runs = {n: style.run(f"splash-{n}") for n in counts}
limit = runs[counts[-1]]
times = limit.time.values

# %% [markdown]
# One limit beside all of them, and the more experts the nearer: the distance of the first moments E e^{iθ} at the last time is at most four times the
# root of the mean square that independent draws have, √(2/N) for two angles.

# %%
cell = (2 * np.pi / limit.sizes["x"]) ** 2
for n, run in runs.items():
    assert np.array_equal(run.density, limit.density) and run.sizes["expert"] == n
    for name in "xy":
        ocean = complex((limit.density.isel(time=-1) * np.exp(1j * limit[name])).sum()) * cell
        splash = np.exp(1j * run[f"expert_{name}"].isel(time=-1).values).mean()
        assert abs(splash - ocean) < 4 / np.sqrt(n), (n, name)

# %%
top = float(limit.density.isel(time=-1).max())


def frame(output):
    figure, panels = style.axes(1, 4, height=1.3)
    for panel, n in zip(panels, counts):
        run = runs[n].isel(time=output)
        size = {5: 4, 50: 2.4, 5000: 0.7}[n]
        panel.plot(run.expert_x, run.expert_y, "o", ms=size, mew=0, color=style.BLUE, alpha=0.5 if n == 5000 else 1)
        panel.set_title(f"$N={n}$")
    panels[-1].imshow(limit.density.isel(time=output), origin="lower", extent=(0, 2 * np.pi) * 2, cmap="Blues", vmin=0, vmax=top)
    panels[-1].set_title(r"$N=\infty$")
    for panel in panels:
        panel.set(xlim=(0, 2 * np.pi), ylim=(0, 2 * np.pi), aspect="equal", xlabel=r"$\theta_0$")
        panel.set_xticks([])
        panel.set_yticks([])
    panels[0].set_ylabel(r"$\theta_1$")
    figure.suptitle(f"$t={times[output]:.1f}$", size=8)
    return figure


frames = []
for output in range(len(times)):
    figure = frame(output)
    figure.set_dpi(220)
    figure.canvas.draw()
    frames.append(Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB"))
    style.plt.close(figure)
# One palette for all frames: white, and the colours of the last, which has all the shades.
shades = frames[-1].quantize(63, dither=Image.Dither.NONE).getpalette()[: 3 * 63]
palette = Image.new("P", (1, 1))
palette.putpalette([255, 255, 255, *shades] + [0] * (3 * (256 - 64)))


def quantized(picture):
    result = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    # Pillow's nearest colour of white is not always white.
    indices = np.where(np.asarray(picture).min(axis=2) == 255, 0, np.asarray(result)).astype(np.uint8)
    image = Image.fromarray(indices, mode="P")
    image.putpalette(palette.getpalette())
    return image


frames = [quantized(picture) for picture in frames]
assert all(picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255) for picture in frames)
durations = [120] * (len(frames) - 1) + [1500]
style.FIGURES.mkdir(parents=True, exist_ok=True)
frames[0].save(style.FIGURES / "splashes.gif", save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=False)
with Image.open(style.FIGURES / "splashes.gif") as written:
    assert written.n_frames == len(times)
style.save(frame(len(times) - 1), "splashes")
