"""matplotlib's pictures of the data that test/bench/figures.ts draws, timed.

usage: python figures.py FIXTURES OUT REPEATS     writes OUT/*.png and OUT/noise.bin; prints JSON
"""

import gzip
import io
import json
import sys
import time
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
from display_grid import display_grid
from PIL import Image

FIXTURES, OUT, REPEATS = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])


def activation(name):
    return np.load(io.BytesIO(gzip.decompress((FIXTURES / f"activation-{name}.npy.gz").read_bytes())))


def matshow(values, channel):
    plt.matshow(values[0, :, :, channel], cmap="viridis")
    plt.colorbar()


def grid(values):
    image, size = display_grid(values), values.shape[1]
    plt.figure(figsize=(image.shape[1] / size, image.shape[0] / size))
    plt.grid(False)
    plt.imshow(image, aspect="auto", cmap="viridis")


def channels(values):
    flat = values.reshape(-1, values.shape[-1])
    _, (top, bottom) = plt.subplots(2, 1, figsize=(9, 3.5))
    top.vlines(np.arange(flat.shape[1]), flat.min(0), flat.max(0))
    top.bar(np.arange(flat.shape[1]), 2 * flat.std(0), bottom=flat.mean(0) - flat.std(0))
    bottom.bar(np.arange(flat.shape[1]), (flat == 0).mean(0))
    # The same words as ours, since letters are most of such a picture.
    dead = np.flatnonzero(flat.min(0) == flat.max(0))
    top.plot(dead, flat.min(0)[dead], "rx")
    top.set_title(
        f"conv2d_3 · channels\n{flat.shape[1]} channels · line: smallest to largest · box: mean ± σ · dead: {', '.join(map(str, dead))}",
        loc="left",
    )
    top.set_ylabel("value")
    bottom.set_ylabel("zeros")
    bottom.set_xlabel("channel")


def overlay(picture, values, channel):
    plt.figure()
    plt.imshow(picture)
    map_ = Image.fromarray(values[0, :, :, channel]).resize(picture.shape[1::-1], Image.Resampling.BILINEAR)
    plt.imshow(np.asarray(map_), cmap="viridis", alpha=0.5)
    plt.colorbar()
    plt.title(f"conv2d_3 · channel {channel} over the picture")


def overview(layers):
    _, axes = plt.subplots(len(layers), 8, figsize=(11, 0.6 * len(layers)), width_ratios=[12] + 7 * [1])
    for row, (name, values) in zip(axes, layers.items()):
        flat = values.reshape(-1, values.shape[-1])
        dead = flat.min(0) == flat.max(0)
        words = f"{name}  {' × '.join(map(str, values.shape[1:]))}  {flat.min():.3g} to {flat.max():.3g}"
        row[0].text(0, 0.5, f"{words}  zeros {(flat == 0).mean():.0%}  dead {dead.sum()} of {len(dead)}")
        for axis, channel in zip(row[1:], np.flatnonzero(~dead)):
            axis.imshow(values[0, :, :, channel], cmap="viridis")
        for axis in row:
            axis.axis("off")


def compare(one, other, channel):
    maps = [values[0, :, :, channel] for values in (one, other)]
    low, high = min(m.min() for m in maps), max(m.max() for m in maps)
    _, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for axis, map_, title in zip(axes, maps, ("conv2d_1", "max_pooling2d_1")):
        drawn = axis.matshow(map_, cmap="viridis", vmin=low, vmax=high)
        axis.set_title(f"{title}\n{map_.shape[0]} × {map_.shape[1]} · {map_.min():.3g} to {map_.max():.3g}")
    plt.colorbar(drawn, ax=axes)


def explore(layers):
    """Every map of every layer: without controls that outlive the kernel, a picture a layer."""
    for values in layers.values():
        grid(values)
        yield


# Rectified noise with the seed of the fixtures: half zeros, as after a ReLU.
noise = np.maximum(np.random.default_rng(5).standard_normal((1, 28, 28, 512)), 0).astype("<f4")
(OUT / "noise.bin").write_bytes(noise.tobytes())
LAYERS = {
    name: activation(name) for name in ("conv2d_1", "max_pooling2d_1", "conv2d_2", "max_pooling2d_2", "conv2d_3")
}
first, pooled, third = LAYERS["conv2d_1"], LAYERS["max_pooling2d_1"], LAYERS["conv2d_3"]
cat = np.asarray(Image.open(FIXTURES.parents[1] / "notebooks" / "cat.jpg").resize((150, 150), Image.Resampling.NEAREST))

CASES = {
    "matshow": lambda: matshow(first, 1),
    "grid": lambda: grid(third),
    "grid-512": lambda: grid(noise),
    "channel-stats": lambda: channels(third),
    "overlay": lambda: overlay(cat, third, 20),
    "overview": lambda: overview(LAYERS),
    "compare": lambda: compare(first, pooled, 3),
    "explore": lambda: explore(LAYERS),
}

# What is kept for the page is no larger than our picture of the same, so that the repository stays small.
KEPT_DPI = {"grid-512": 24, "grid": 54, "explore": 54}


def pictures(draw, **options):
    """What a case draws, as PNGs: one, or as many as it yields."""
    for _ in draw() or [None]:
        png = io.BytesIO()
        plt.savefig(png, format="png", bbox_inches="tight", **options)
        plt.close("all")
        yield png.getvalue()


result = {}
for name, draw in CASES.items():
    seconds = []
    for repeat in range(REPEATS + 1):
        started = time.perf_counter()
        drawn = list(pictures(draw, dpi=100))
        if repeat:  # the first one loads fonts
            seconds.append(time.perf_counter() - started)
    *_, kept = pictures(draw, dpi=KEPT_DPI.get(name, 72))
    (OUT / f"{name}-matplotlib.png").write_bytes(kept)
    result[name] = {"seconds": sorted(seconds), "bytes": sum(map(len, drawn))}
print(json.dumps(result))
