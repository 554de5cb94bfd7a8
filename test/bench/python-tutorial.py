"""Writes the tutorial as a Python user has it, as a notebook for nbconvert.

usage: python python-tutorial.py FOLDER NOTEBOOK     (FOLDER holds cat.jpg and dogcat_v1.h5)
"""

import sys

from pathlib import Path

import nbformat

FOLDER, NOTEBOOK = sys.argv[1:]

GRID = """
image, size = display_grid(activations[{i}]), activations[{i}].shape[1]
plt.figure(figsize=(image.shape[1] / size, image.shape[0] / size))
plt.title(model.layers[{i}].name)
plt.grid(False)
plt.imshow(image, aspect="auto", cmap="viridis")
"""

# The steps of notebooks/tutorial.ipynb, one cell each, with the names that the benchmark prints.
CELLS = {
    "imports": "%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt\nimport keras\nfrom keras.utils import load_img, img_to_array\n"
    + (Path(__file__).parent / "display_grid.py").read_text(),
    "picture": f"img = load_img({FOLDER!r} + '/cat.jpg', target_size=(150, 150))\nimg",
    "tensor": "img_tensor = np.expand_dims(img_to_array(img), 0) / 255",
    "model": f"model = keras.models.load_model({FOLDER!r} + '/dogcat_v1.h5', compile=False)",
    "summary": "model.summary()",
    "predict": "outputs = [layer.output for layer in model.layers[:5]]\nactivations = keras.Model(model.inputs, outputs).predict(img_tensor, verbose=0)\nactivations[0].shape",
    "matshow 1": "plt.matshow(activations[0][0, :, :, 1], cmap='viridis')",
    "matshow 3": "plt.matshow(activations[0][0, :, :, 3], cmap='viridis')",
    **{f"grid {i + 1}": GRID.format(i=i) for i in range(5)},
}

notebook = nbformat.v4.new_notebook(
    cells=[nbformat.v4.new_code_cell(source, metadata={"step": name}) for name, source in CELLS.items()],
    metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
)
nbformat.write(notebook, NOTEBOOK)
