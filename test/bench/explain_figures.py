"""Draws what tf-keras-vis makes of the tutorial's model, for the docs to show beside convlens's: class heatmaps, SmoothGrad
and patterns of filters. usage: explain_figures.py FOLDER, with the versions of test/bench/explain-requirements.txt."""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import matplotlib
import numpy as np
import tensorflow as tf

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from tf_keras_vis.activation_maximization import ActivationMaximization
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.saliency import Saliency

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FILTERS = [1, 2, 3, 4, 5, 8, 11, 15]


def without_sigmoid(model):
    model.layers[-1].activation = keras.activations.linear


def cat_score(output):
    return -output[:, 0]


def shown(axis, picture, map_=None, **how):
    axis.imshow(picture)
    if map_ is not None:
        axis.imshow(map_, **how)
    axis.axis("off")


def main(folder):
    model = keras.models.load_model(os.path.join(ROOT, "test", "fixtures", "dogcat_v1.keras"), compile=False)
    image = keras.utils.load_img(os.path.join(ROOT, "notebooks", "cat.jpg"), target_size=(150, 150))
    x = (keras.utils.img_to_array(image) / 255.0)[None]
    y = layers = keras.Input((150, 150, 3))
    outputs = {}
    for layer in model.layers:
        y = outputs[layer.name] = layer(y)
    functional = keras.Model(layers, y)

    cam = Gradcam(functional, model_modifier=without_sigmoid)(cat_score, x, penultimate_layer=-1)[0]
    smooth = Saliency(functional, model_modifier=without_sigmoid)(cat_score, x, smooth_samples=25, smooth_noise=0.15)[0]
    figure, axes = plt.subplots(1, 3, figsize=(8, 2.8))
    shown(axes[0], x[0])
    shown(axes[1], x[0], cam, cmap="jet", alpha=0.5)
    shown(axes[2], smooth, cmap="jet")
    for axis, title in zip(axes, ("picture", "Gradcam", "Saliency, smooth")):
        axis.set_title(title, fontsize=9)
    figure.tight_layout()
    figure.savefig(os.path.join(folder, "why-tf-keras-vis.jpg"), dpi=100, pil_kwargs={"quality": 86})

    last = keras.Model(layers, outputs["conv2d_3"])
    figure, axes = plt.subplots(2, 4, figsize=(6.8, 3.8))
    keras.utils.set_random_seed(1)
    for channel, axis in zip(FILTERS, axes.ravel()):
        pictures = ActivationMaximization(last)(
            lambda output, channel=channel: tf.reduce_mean(output[..., channel]),
            seed_input=tf.random.uniform((1, 150, 150, 3), 0, 1),
            input_range=(0, 1),
            steps=128,
        )
        picture = np.asarray(pictures)[0]
        shown(axis, picture / 255 if picture.max() > 1.5 else picture)
        axis.set_title(channel, fontsize=9)
    figure.tight_layout()
    figure.savefig(os.path.join(folder, "filters-tf-keras-vis.jpg"), dpi=100, pil_kwargs={"quality": 62})


main(sys.argv[1])
