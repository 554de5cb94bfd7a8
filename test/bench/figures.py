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


# Rectified noise with the seed of the fixtures: half zeros, as after a ReLU.
noise = np.maximum(np.random.default_rng(5).standard_normal((1, 28, 28, 512)), 0).astype("<f4")
(OUT / "noise.bin").write_bytes(noise.tobytes())
first, third = activation("conv2d_1"), activation("conv2d_3")

CASES = {
    "matshow": lambda: matshow(first, 1),
    "grid": lambda: grid(third),
    "grid-512": lambda: grid(noise),
    "channel-stats": lambda: channels(third),
}

result = {}
for name, draw in CASES.items():
    seconds = []
    for repeat in range(REPEATS + 1):
        started = time.perf_counter()
        draw()
        png = io.BytesIO()
        plt.savefig(png, format="png", dpi=100, bbox_inches="tight")
        plt.close("all")
        if repeat:  # the first one loads fonts
            seconds.append(time.perf_counter() - started)
    draw()
    # The picture for the page is no larger than ours, so that the repository stays small.
    plt.savefig(OUT / f"{name}-matplotlib.png", dpi={"grid-512": 24, "grid": 54}.get(name, 72), bbox_inches="tight")
    plt.close("all")
    result[name] = {"seconds": sorted(seconds), "bytes": len(png.getvalue())}
print(json.dumps(result))
