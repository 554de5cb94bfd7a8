"""Writes the tutorial, and VGG16 with all its maps, as a Python user has them: notebooks for nbconvert.

usage: python python_notebooks.py FOLDER OUT     (FOLDER holds cat.jpg and dogcat_v1.h5)
Writes OUT/tutorial-python.ipynb, OUT/vgg16-python.ipynb and, once, OUT/vgg16.h5; prints VGG16's map layers as JSON.
"""

import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import nbformat

FOLDER, OUT = sys.argv[1], Path(sys.argv[2])

GRID = """
image, size = display_grid(activations[{i}]), activations[{i}].shape[1]
plt.figure(figsize=(image.shape[1] / size, image.shape[0] / size))
plt.title(layers[{i}].name)
plt.grid(False)
plt.imshow(image, aspect="auto", cmap="viridis")
"""


def steps(model, picture, size, layers, between, maps):
    """One cell a step, with the names that the benchmark prints."""
    return {
        "imports": "%matplotlib inline\nimport numpy as np\nimport matplotlib.pyplot as plt\nimport keras\nfrom keras.utils import load_img, img_to_array\n"
        + (Path(__file__).parent / "display_grid.py").read_text(),
        "picture": f"img = load_img({picture!r}, target_size=({size}, {size}))\nimg",
        "tensor": "img_tensor = np.expand_dims(img_to_array(img), 0) / 255",
        "model": f"model = keras.models.load_model({model!r}, compile=False)",
        "summary": "model.summary()",
        "predict": f"layers = {layers}\nactivations = keras.Model(model.inputs, [layer.output for layer in layers]).predict(img_tensor, verbose=0)\nactivations[0].shape",
        **between,
        **{f"grid {i + 1}": GRID.format(i=i) for i in range(maps)},
    }


def write(name, cells):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, metadata={"step": step}) for step, source in cells.items()],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, OUT / name)


def vgg16():
    """VGG16 with random weights of a fixed seed, 528 MB; the names of its convolutions and poolings."""
    import keras

    keras.utils.set_random_seed(16)
    model = keras.applications.VGG16(weights=None)
    if not (OUT / "vgg16.h5").exists():
        # Renamed when whole: a run that is stopped leaves no half of a model.
        model.save(OUT / "vgg16-unfinished.h5")
        (OUT / "vgg16-unfinished.h5").rename(OUT / "vgg16.h5")
    return [layer.name for layer in model.layers[1:] if len(layer.output.shape) == 4]


cat = f"{FOLDER}/cat.jpg"
channels = {
    "matshow 1": "plt.matshow(activations[0][0, :, :, 1], cmap='viridis')",
    "matshow 3": "plt.matshow(activations[0][0, :, :, 3], cmap='viridis')",
}
write("tutorial-python.ipynb", steps(f"{FOLDER}/dogcat_v1.h5", cat, 150, "model.layers[:5]", channels, 5))
names = vgg16()
every = "[layer for layer in model.layers[1:] if len(layer.output.shape) == 4]"
write("vgg16-python.ipynb", steps(str(OUT / "vgg16.h5"), cat, 224, every, {}, len(names)))
print(json.dumps(names))
