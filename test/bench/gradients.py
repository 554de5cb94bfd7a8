"""Times Keras's gradient at the input of a model that test/agreement/make_model.py built: eagerly, as a tf.function, and the
forward pass alone; prints the least seconds of each. usage: gradients.py NAME FOLDER"""
import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import keras
import numpy as np
import tensorflow as tf


def least(compute, times=7):
    compute()
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        compute()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def main(name, folder):
    with open(os.path.join(folder, f"{name}.json")) as file:
        shape = json.load(file)["input"]
    model = keras.models.load_model(os.path.join(folder, f"{name}.keras"), compile=False)
    x = tf.constant(np.fromfile(os.path.join(folder, f"{name}.input.bin"), "float32").reshape(shape))
    model.layers[-1].activation = keras.activations.linear

    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = model(x, training=False)[:, 0]
        return tape.gradient(score, x)

    graph = tf.function(gradient)
    found = {
        "eager": least(lambda: gradient(x).numpy()),
        "graph": least(lambda: graph(x).numpy()),
        "forward": least(lambda: model(x, training=False).numpy()),
    }
    print(json.dumps(found))


main(*sys.argv[1:])
