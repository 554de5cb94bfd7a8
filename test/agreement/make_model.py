"""Builds one model of Keras Applications with fixed random weights, saves it, and writes what each layer makes of
one input: usage make_model.py NAME FOLDER [FORMAT ...]; tf_keras.NAME is that of Keras 2, nested.NAME a Sequential with
that model inside, and packages.py has models of other packages. The numbers are what convlens is compared with.
`--time DESCRIPTION FILE` loads a saved file, prints the seconds that took as JSON, then for each line of its input those of one predict."""
import functools
import json
import os
import shutil
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# As on any processor of recent years. Without, volumes begin elsewhere where a stride passes their end.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
# Packages that take their Keras from TensorFlow work with Keras 2.
os.environ["SM_FRAMEWORK"] = "tf.keras"
os.environ["KECAM_BACKEND"] = "tensorflow"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import keras
import numpy as np
import tf_keras
from packages import MODELS, OF_KERAS_2

# These models scale pictures themselves.
SCALED_INSIDE = ("Transfer", "ConvNeXt", "MobileNetV3", "EfficientNet", "RegNet", "ResNetRS")
# Without a shape these are built for pictures of any size.
SHAPES = {name: {"input_shape": (224, 224, 3)} for name in ("MobileNetV3Small", "MobileNetV3Large")}


def randomize(model, seed):
    """Weights as a trained network has them: kernels of He's variance, statistics away from 0 and 1."""
    rng = np.random.default_rng(seed)
    for variable in model.weights:
        shape = tuple(variable.shape)
        path = getattr(variable, "path", variable.name).split(":")[0]
        name = path.split("/")[-1]
        if "seed" in path or "count" in name:
            continue
        if "kernel" in name:
            fan_in = max(1, int(np.prod(shape[:-1])) if "depthwise" not in path else int(np.prod(shape[:2])))
            value = rng.standard_normal(shape) * np.sqrt(1.6 / fan_in)
        elif name in ("gamma", "moving_variance", "variance"):
            value = rng.uniform(0.6, 1.4, shape)
        else:
            value = rng.uniform(-0.2, 0.2, shape)
        variable.assign(value.astype("float32"))


def settle(model, size, top):
    """Gives each BatchNormalization the mean and variance of what reaches it, as training does. With random ones the
    values of a deep network grow from block to block, until a last digit decides the answer of a sigmoid. The mean of
    the layer's variances is added to each, so that a channel that hardly varies is not all rounding."""
    pictures = np.random.default_rng(4).uniform(0, top, (2, size, size, 3)).astype("float32")
    layers = [layer for layer in model.layers if isinstance(layer, tf_keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.momentum = 0.0
    model(pictures, training=True)
    for layer, momentum in zip(layers, momenta):
        layer.momentum = momentum
        variance = layer.moving_variance.numpy()
        layer.moving_variance.assign(variance + variance.mean())


def transfer():
    inner = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3))
    return keras.Sequential(
        [
            keras.Input((96, 96, 3)),
            keras.layers.RandomFlip("horizontal"),
            keras.layers.Rescaling(1 / 127.5, offset=-1),
            inner,
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(5, activation="softmax"),
        ]
    )


def nested(kind):
    inner = getattr(keras.applications, kind)(weights=None, include_top=False, input_shape=(224, 224, 3))
    head = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(10, activation="softmax")]
    return keras.Sequential([keras.Input((224, 224, 3)), inner, *head])


def outputs_of(model):
    """Every layer's name and symbolic output, but for the input and layers that the model only holds."""
    names, tensors = [], []
    # When Keras 2 has read a SavedModel, a nested Sequential's `output` is that of its own graph, not of the model's.
    nodes = model._nodes_by_depth.values() if isinstance(model, tf_keras.Model) else ()
    within = {node.layer.name: node.outputs for of_depth in nodes for node in of_depth}
    for layer in model.layers:
        if isinstance(layer, (keras.layers.InputLayer, tf_keras.layers.InputLayer)) or not layer._inbound_nodes:
            continue
        if within and layer.name not in within:
            continue
        names.append(layer.name)
        # Of a layer with several outputs, such as a split, convlens shows the first.
        output = within[layer.name] if within else layer.output
        tensors.append(output[0] if isinstance(output, (list, tuple)) else output)
    return names, tensors


def library_of(name):
    return tf_keras if name.startswith(("tf_keras.", *OF_KERAS_2)) else keras


def time_file(description, path):
    with open(description) as file:
        described = json.load(file)
    shape, library = described["input"], library_of(described["name"])
    x = np.fromfile(description.replace(".json", ".input.bin"), "float32").reshape(shape)
    started = time.perf_counter()
    loaded = library.models.load_model(path, compile=False, safe_mode=False)
    print(json.dumps({"load": time.perf_counter() - started}), flush=True)
    loaded.predict(x, verbose=0)
    for _ in sys.stdin:
        started = time.perf_counter()
        loaded.predict(x, verbose=0)
        print(json.dumps({"predict": time.perf_counter() - started}), flush=True)


def main(name, folder, *formats):
    keras.utils.set_random_seed(1)
    library, kind = library_of(name), name.split(".")[-1]
    own = {"Transfer": transfer, **MODELS}.get(name)
    if name.startswith("nested."):
        own = functools.partial(nested, kind)
    model = own() if own else getattr(library.applications, kind)(weights=None, **SHAPES.get(kind, {}))
    randomize(model, 2)
    size = model.input_shape[1]
    top = 255 if kind.startswith(SCALED_INSIDE) else 1
    if name.startswith("tf_keras."):
        settle(model, size, top)
    x = np.random.default_rng(3).uniform(0, top, (1, size, size, 3)).astype("float32")
    files = []
    usual = ("h5", "keras", "savedmodel") if name.startswith("tf_keras.") else ("h5", "keras")
    for extension in formats or usual:
        path = os.path.join(folder, f"{name}.{extension}")
        model.save(path, **({"save_format": "tf"} if extension == "savedmodel" else {}))
        try:
            loaded = library.models.load_model(path, compile=False, safe_mode=False)
            files.append({"path": path})
        except Exception as error:
            files.append({"path": path, "error": str(error)[:200]})
            (shutil.rmtree if os.path.isdir(path) else os.remove)(path)
    # From the file, as convlens reads it: a Normalization settles its statistics only when it is loaded.
    model = loaded
    names, values = [], []
    if name == "Transfer" or name.startswith("nested."):
        value = x
        for layer in model.layers:
            if isinstance(layer, keras.Model):
                inside, tensors = outputs_of(layer)
                names += [f"{layer.name}/{one}" for one in inside]
                values += keras.Model(layer.inputs, tensors).predict_on_batch(value)
            value = np.asarray(layer(value, training=False))
            names.append(layer.name)
            values.append(value)
    else:
        names, tensors = outputs_of(model)
        values = library.Model(model.inputs, tensors).predict_on_batch(x)
    layers, offset = [], 0
    with open(os.path.join(folder, f"{name}.bin"), "wb") as out:
        for layer, value in zip(names, values):
            value = np.ascontiguousarray(value, "<f4")
            layers.append({"name": layer, "shape": list(value.shape), "offset": offset})
            out.write(value.tobytes())
            offset += value.nbytes
    x.tofile(os.path.join(folder, f"{name}.input.bin"))
    with open(os.path.join(folder, f"{name}.json"), "w") as out:
        json.dump({"name": name, "input": list(x.shape), "files": files, "layers": layers, "keras": library.__version__}, out)


if sys.argv[1] == "--time":
    time_file(*sys.argv[2:])
else:
    main(*sys.argv[1:])
