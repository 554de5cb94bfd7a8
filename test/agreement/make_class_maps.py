"""Writes what Keras's GradientTape makes of a model of test/agreement/make_model.py: usage make_class_maps.py NAME FOLDER.
NAME.explained.json has the class, the layer, its class map (Grad-CAM), the gradient at the input, and how far that
gradient moves in L2 when the input's last digits do (the most of four times)."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
import keras
import numpy as np
import tensorflow as tf
from keras import layers as L
from make_explanations import Explainer, class_map, one_hot

CONVOLUTIONS = (L.Conv2D, L.DepthwiseConv2D, L.SeparableConv2D)


def leaves(model, path=""):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from leaves(layer, f"{path}{layer.name}/")
        else:
            yield path + layer.name, layer


def last_convolution(model):
    maps = [
        (path, layer)
        for path, layer in leaves(model)
        if isinstance(layer, CONVOLUTIONS) and any(size != 1 for size in layer.output.shape[1:3])
    ]
    return maps[-1]


def main(name, folder):
    with open(os.path.join(folder, f"{name}.json")) as file:
        shape = json.load(file)["input"]
    model = keras.models.load_model(os.path.join(folder, f"{name}.keras"), compile=False)
    x = np.fromfile(os.path.join(folder, f"{name}.input.bin"), "float32").reshape(shape)
    explainer = Explainer(model)
    scores = explainer.scores(x).numpy()
    index = int(scores[0].argmax())
    weights = one_hot(scores, index)
    path, layer = last_convolution(model)
    values, slope = explainer.at(x, layer.name, weights)
    found = class_map("grad-cam", values, slope)
    gradient = explainer.gradient(x, weights)
    rng = np.random.default_rng(4)
    floor = 0.0
    for _ in range(4):
        moved = explainer.gradient((x * (1 + rng.uniform(-1e-6, 1e-6, x.shape))).astype("float32"), weights)
        floor = max(floor, float(np.linalg.norm(moved - gradient) / np.linalg.norm(gradient)))
    gradient.tofile(os.path.join(folder, f"{name}.gradient.bin"))
    with open(os.path.join(folder, f"{name}.explained.json"), "w") as out:
        described = {"index": index, "layer": path, "shape": list(found.shape), "map": found.ravel().tolist(), "floor": floor}
        json.dump(described, out)


main(*sys.argv[1:])
