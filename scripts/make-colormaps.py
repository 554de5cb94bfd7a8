"""Writes renderers/colormap-tables.ts: matplotlib's colour maps, 256 entries each.

    .venv/fixtures/bin/python scripts/make-colormaps.py
"""

from pathlib import Path

import matplotlib
import numpy as np

NAMES = ["viridis", "magma", "inferno", "plasma", "cividis", "gray", "coolwarm", "RdBu", "turbo"]

lines = [
    "// Written by scripts/make-colormaps.py from matplotlib " + matplotlib.__version__ + ": 256 colours a map, six hex digits each.",
    "// Their makers: van der Walt, Smith and Firing (viridis, magma, inferno, plasma; CC0), Nuñez, Anderton and",
    "// Renslow (cividis), Moreland (coolwarm), Brewer (RdBu), Mikhailov (turbo).",
    "// biome-ignore-all format: a table",
    "export const TABLES = {",
]
for name in NAMES:
    colors = matplotlib.colormaps[name](np.arange(256))
    lines.append(f"  {name}: '{''.join(matplotlib.colors.to_hex(color)[1:] for color in colors)}',")
lines.append("};")
Path(__file__).parent.parent.joinpath("renderers", "colormap-tables.ts").write_text("\n".join(lines) + "\n")
