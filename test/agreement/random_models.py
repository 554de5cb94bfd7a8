"""Writes small models of random layers and operations, and what Keras makes of one input in each of their layers:
usage random_models.py FOLDER COUNT SEED. Even seeds are models of Keras 3, odd ones of Keras 2 (tf_keras). Each is a
NAME.keras, a NAME.h5 and a tfjs-NAME/model.json, a NAME.json that describes it, and a NAME.bin with the numbers: the input, then each layer."""
import json
import os
import random
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# As on any processor of recent years. Without, volumes begin elsewhere where a stride passes their end.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import keras
import numpy as np
import tensorflow as tf
import tf_keras

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
from for_tfjs import write_for_tfjs

# Keras 2 refuses such names.
ODD_NAMES = ["block 1", "größe", "卷积", "a.b", '"q"', "[x]", "it's (1)", "_first", "x:0", "<b>&", "50 %"]

BOTH = "elu selu softplus softsign tanh sigmoid exponential hard_sigmoid swish gelu mish softmax log_softmax relu relu6"
ONLY_3 = (
    "celu soft_shrink hard_shrink tanh_shrink squareplus sparse_plus sparse_sigmoid hard_tanh hard_silu silu "
    "log_sigmoid sparsemax leaky_relu"
)
MOST_NUMBERS = 20_000


class Maker:
    """Grows one model. Whatever Keras refuses to build is passed over: it is Keras that says what is right."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.two = seed % 2 == 1
        self.keras = tf_keras if self.two else keras
        self.activations = (BOTH if self.two else f"{BOTH} {ONLY_3}").split()
        L = self.keras.layers
        # Objects that several layers may share.
        self.objects = [L.PReLU(shared_axes=[1, 2]), L.LeakyReLU(0.3), L.PReLU()]
        self.made = []

    def sizes(self, axes, most=4):
        r = self.r
        return r.randint(1, most) if r.random() < 0.5 else tuple(r.randint(1, most) for _ in range(axes))

    def pairs(self, most):
        return tuple((self.r.randint(0, most), self.r.randint(0, most)) for _ in range(2))

    def window(self, strides=True):
        """What all convolutions have; a stride and a dilation exclude each other."""
        r = self.r
        padding = r.choice(["same", "valid"])
        L = self.keras.layers
        prelu = L.PReLU(alpha_initializer=self.keras.initializers.Constant(0.4), shared_axes=r.choice([None, [1]]))
        layer = r.choice([L.LeakyReLU(0.1), L.ELU(0.3), L.ReLU(max_value=0.7), L.Softmax(axis=1), prelu, L.BatchNormalization(), *self.objects])
        activation = r.choice([None, None, r.choice(self.activations), layer])
        common = {"padding": padding, "activation": activation, "use_bias": r.random() < 0.8}
        return common | ({"strides": r.randint(1, 3)} if strides and r.random() < 0.7 else {"dilation_rate": r.randint(1, 3)})

    def layers_over_places(self, x):
        """Layers that need places and channels, each as a function that makes it."""
        r, L, axes, channels = self.r, self.keras.layers, len(x.shape) - 2, x.shape[-1]
        named = lambda name: getattr(L, f"{name}{axes}D")
        divisors = [n for n in range(1, channels + 1) if channels % n == 0]

        def convolution():
            groups = r.choice(divisors) if r.random() < 0.3 else 1
            window = self.window()
            if "strides" in window:
                window["strides"] = self.sizes(axes, 3)
            return named("Conv")(groups * r.randint(1, 3), self.sizes(axes), groups=groups, **window)

        def transposed():
            window = self.window()
            if "strides" in window and window["strides"] > 1 and r.random() < 0.3:
                window["output_padding"] = r.randint(0, window["strides"] - 1)
            return getattr(L, f"Conv{axes}DTranspose")(r.randint(1, 4), self.sizes(axes), **window)

        def pooling():
            size, strides = self.sizes(axes), r.choice([None, self.sizes(axes, 3)])
            return named(r.choice(["MaxPooling", "AveragePooling"]))(size, strides=strides, padding=r.choice(["same", "valid"]))

        made = [convolution, convolution, transposed, pooling, pooling]
        made += [
            lambda: named(r.choice(["GlobalMaxPooling", "GlobalAveragePooling"]))(keepdims=r.random() < 0.7),
            lambda: L.GroupNormalization(groups=r.choice([-1, *divisors]), epsilon=1e-3),
            lambda: named("SpatialDropout")(0.3),
            lambda: named("ZeroPadding")(r.randint(0, 2)),
            lambda: named("UpSampling")(r.randint(1, 3)),
            lambda: named("Cropping")(1),
        ]
        places = x.shape[1:-1]
        if not self.two and None not in places and min(places) > 1:
            # TensorFlow ends the process where one window, and one of a place more, is larger than the map.
            adaptive = lambda: r.choice(["AdaptiveMaxPooling", "AdaptiveAveragePooling"])
            made.append(lambda: named(adaptive())(tuple(r.randint(2, 7) for _ in places)))
        if axes < 3:
            multiplied = lambda: {"depth_multiplier": r.randint(1, 3)} | self.window()
            made += [
                lambda: named("DepthwiseConv")(self.sizes(axes), **multiplied()),
                lambda: named("SeparableConv")(r.randint(1, 4), self.sizes(axes), **multiplied()),
            ]
        if axes == 1:
            cell = lambda: r.choice([L.LSTM, L.GRU, L.SimpleRNN])
            made += [
                lambda: cell()(r.randint(1, 4), return_sequences=r.random() < 0.7, go_backwards=r.random() < 0.3),
                lambda: cell()(r.randint(1, 3), return_sequences=True, activation=r.choice([L.LeakyReLU(0.2), L.PReLU(), *self.objects])),
                lambda: L.RNN([r.choice([L.LSTMCell, L.GRUCell, L.SimpleRNNCell])(r.randint(1, 3)) for _ in range(r.randint(1, 3))], return_sequences=True, go_backwards=r.random() < 0.3),
                lambda: L.GRU(r.randint(1, 4), return_sequences=True, reset_after=r.random() < 0.5),
                lambda: L.Bidirectional(cell()(r.randint(1, 3), return_sequences=True), merge_mode=r.choice(["concat", "sum", "mul", "ave"])),
            ]
        if axes == 2:
            smooth = {} if self.two else {"antialias": r.random() < 0.4, "pad_to_aspect_ratio": r.random() < 0.2}
            made += [
                lambda: L.UpSampling2D(self.sizes(2, 3), interpolation=r.choice(["nearest", "bilinear", "bicubic", "lanczos3"])),
                lambda: L.ZeroPadding2D(self.pairs(3)),
                lambda: L.Cropping2D(self.pairs(2)),
                lambda: L.Resizing(r.randint(1, 14), r.randint(1, 14), interpolation=r.choice(["nearest", "bilinear", "bicubic"]), **smooth),
                lambda: L.Resizing(r.randint(1, 14), r.randint(1, 14), crop_to_aspect_ratio=True),
                lambda: L.CenterCrop(r.randint(1, 9), r.randint(1, 9)),
            ]
        if axes == 3:
            made += [lambda: L.TimeDistributed(L.Conv2D(r.randint(1, 3), 2, padding="same"))]
        return made

    def layer(self, x):
        r, L, rank = self.r, self.keras.layers, len(x.shape)
        axis = lambda: r.choice([-1, -1, r.randint(1, rank - 1)])
        switches = lambda: {"center": r.random() < 0.8, "scale": r.random() < 0.8}
        activation = lambda: L.Activation(r.choice(self.activations))
        made = self.layers_over_places(x) * 2 if rank > 2 and x.shape[-1] else []
        made += [
            activation,
            activation,
            lambda: L.BatchNormalization(axis=axis(), **switches()),
            lambda: L.LayerNormalization(axis=r.choice([axis(), list(range(1, rank))]), **switches()),
            lambda: L.UnitNormalization(axis=axis()),
            lambda: L.Dense(r.randint(1, 5), activation=r.choice([None, *self.activations])),
            lambda: L.ReLU(max_value=r.choice([None, 0.3]), negative_slope=r.choice([0, 0.1]), threshold=r.choice([0, 0.3])),
            lambda: L.LeakyReLU(0.2),
            lambda: L.ELU(r.choice([1, 0.5])),
            lambda: L.PReLU(shared_axes=r.choice([None, [1]])),
            lambda: L.Softmax(axis=axis()),
            lambda: L.Rescaling(r.choice([0.5, 1 / 127.5]), offset=r.choice([0, -1])),
            lambda: L.Permute(tuple(r.sample(range(1, rank), rank - 1))),
            lambda: L.Dropout(0.3),
        ]
        if not self.two:
            made += [
                lambda: L.RMSNormalization(axis=-1, epsilon=r.choice([1e-6, 0.1])),
                lambda: L.SpectralNormalization(L.Dense(r.randint(1, 4))),
            ]
        if rank < 4:
            # Of more axes Keras declares those that the ellipsis stands for in the wrong order.
            sizes, bias = (r.randint(1, 3), r.randint(2, 3)), r.choice([None, "z", "yz"])
            made.append(lambda: L.EinsumDense("...x,xyz->...yz", sizes, bias_axes=bias))
        if rank == 2:
            made += [lambda: L.RepeatVector(r.randint(1, 4))]
        if None not in x.shape[1:]:
            size = int(np.prod(x.shape[1:]))
            first = r.choice([n for n in range(1, size + 1) if size % n == 0])
            made += [L.Flatten, lambda: L.Reshape(r.choice([(first, -1), (-1, first), (first, 1, -1)]))]
        return r.choice(made)()

    def operation(self, x, other):
        """A function of keras.ops, or of TensorFlow."""
        r, rank, O = self.r, len(x.shape), keras.ops
        axis, width = r.randint(1, rank - 1), x.shape[-1] or 1
        order = [0, *r.sample(range(1, rank), rank - 1)]
        margins = [[0, 0], *([1, r.randint(0, 1)] for _ in range(rank - 1))]
        mode = r.choice(["reflect", "symmetric"])
        row = np.linspace(0.5, 1, width).astype("float32")
        both = [
            lambda: x + other, lambda: x * other, lambda: x - other * 0.5, lambda: 2.0 - x, lambda: x / 3.0, lambda: -x,
            lambda: x**2, lambda: x // 0.7, lambda: x % 0.7, lambda: x * row, lambda: x - tf.constant(row), lambda: abs(x),
            lambda: x[:, ::-1], lambda: x[..., :1], lambda: x[:, ::2], lambda: x[:, -1], lambda: x[..., None], lambda: x[:, 1:],
        ]  # fmt: skip
        three = [
            lambda: O.relu(x), lambda: O.maximum(x, other), lambda: O.minimum(x, 0.2), lambda: O.clip(x, -0.5, 0.7),
            lambda: O.mean(x, axis=axis, keepdims=r.random() < 0.7), lambda: O.max(x, axis=axis), lambda: O.std(x, axis=axis),
            lambda: O.var(x, axis=axis, keepdims=True), lambda: O.logsumexp(x, axis=axis), lambda: O.prod(x, axis=axis),
            lambda: O.concatenate([x, other], axis=axis), lambda: O.stack([x, other], axis=axis), lambda: O.flip(x, axis),
            lambda: O.split(x, [1], axis=axis)[0], lambda: O.split(x, x.shape[axis], axis=axis)[-1], lambda: O.unstack(x, axis=axis)[-1],
            lambda: O.softmax(x, axis=axis), lambda: O.log_softmax(x, axis=axis), lambda: O.transpose(x, order), lambda: O.moveaxis(x, -1, 1),
            lambda: O.swapaxes(x, axis, -1), lambda: O.expand_dims(x, axis), lambda: O.squeeze(x[:, :1], 1), lambda: O.tile(x, [1] * (rank - 1) + [2]),
            lambda: O.repeat(x, 2, axis=axis), lambda: O.roll(x, 1, axis=axis), lambda: O.take(x, [[0, -1], [0, 0]], axis=axis),
            lambda: O.cumsum(x, axis=axis), lambda: O.pad(x, margins, constant_values=0.5), lambda: O.pad(x, margins, mode),
            lambda: O.matmul(x, O.swapaxes(other, -1, -2)), lambda: O.where(O.greater(x, 0.0), x, other * 0.1), lambda: O.argmax(x, axis=axis),
            lambda: O.cast(x, "int32") + O.cast(other, "int32"), lambda: O.cast(O.less(x, 0.2), "float32") * other, lambda: O.normalize(x, axis=axis),
            lambda: O.max_pool(x, (2, 1), 1), lambda: O.average_pool(x, 2, padding="same"), lambda: O.image.resize(x, (3, 9), "bicubic"),
            lambda: O.depth_to_space(x, 2), lambda: O.space_to_depth(x, 2), lambda: O.gelu(x, approximate=r.random() < 0.5), lambda: O.elu(x, alpha=0.4),
            lambda: O.einsum("...ij,...kj->...ik", x, other), lambda: O.norm(x, axis=axis), lambda: O.sort(x, axis=axis), lambda: O.layer_normalization(x, epsilon=0.1),
            lambda: O.top_k(x, 1)[0], lambda: O.full_like(x, 0.5) * other,
            lambda: O.sqrt(O.abs(x)), lambda: O.rsqrt(O.abs(x) + 1.0), lambda: O.log1p(O.abs(x)), lambda: O.erf(x), lambda: O.sin(x), lambda: O.round(x) + other,
        ]  # fmt: skip
        two = [
            lambda: tf.nn.relu(x), lambda: tf.maximum(x, other), lambda: tf.minimum(x, 0.2), lambda: tf.clip_by_value(x, -0.5, 0.7),
            lambda: tf.reduce_mean(x, axis=axis, keepdims=True), lambda: tf.reduce_max(x, axis=axis), lambda: tf.math.reduce_std(x, axis=axis),
            lambda: tf.math.reduce_variance(x, axis=-1, keepdims=True), lambda: tf.reduce_logsumexp(x, axis=axis), lambda: tf.reduce_sum(x, axis=-1),
            lambda: tf.concat([x, other], axis=axis), lambda: tf.stack([x, other], -1), lambda: tf.reverse(x, [axis]), lambda: tf.split(x, [1, -1], axis=axis)[1],
            lambda: tf.unstack(x, axis=axis)[-1], lambda: tf.nn.softmax(x, axis=axis), lambda: tf.nn.log_softmax(x), lambda: tf.transpose(x, order),
            lambda: tf.expand_dims(x, axis), lambda: tf.squeeze(x[:, :1], 1), lambda: tf.tile(x, [1] * (rank - 1) + [2]), lambda: tf.repeat(x, 2, axis=axis),
            lambda: tf.roll(x, 1, axis=axis), lambda: tf.gather(x, [0, 0, 1], axis=axis), lambda: tf.cumsum(x, axis=axis), lambda: tf.pad(x, margins),
            lambda: tf.pad(x, margins, mode=mode.upper()), lambda: tf.matmul(x, other, transpose_b=True), lambda: tf.where(x > 0.0, x, other * 0.1),
            lambda: tf.argmax(x, axis=axis), lambda: tf.cast(x, tf.int32), lambda: tf.nn.l2_normalize(x, axis), lambda: tf.nn.bias_add(x, row),
            lambda: tf.nn.max_pool2d(x, [1, 3, 2, 1], [1, 1, 2, 1], "VALID"), lambda: tf.nn.avg_pool2d(x, 2, 2, "SAME"), lambda: tf.image.resize(x, [7, 3]),
            lambda: tf.nn.depth_to_space(x, 2), lambda: tf.nn.space_to_depth(x, 2), lambda: tf.nn.gelu(x), lambda: tf.nn.elu(x), lambda: tf.nn.leaky_relu(x, 0.1),
            lambda: tf.norm(x, axis=axis), lambda: tf.sort(x, axis=axis), lambda: tf.math.top_k(x, 1)[0], lambda: tf.math.add_n([x, other]),
            lambda: tf.nn.lrn(x, r.randint(0, 3), 1.5, 0.2, 0.7), lambda: tf.reshape(x, [tf.shape(x)[0], -1, width]), lambda: tf.broadcast_to(x[:, :1], tf.shape(x)),
            lambda: tf.image.resize(x, tf.shape(x)[1:3] * 2), lambda: tf.image.resize(x, tf.stack([tf.shape(x)[2], 5])),
            lambda: tf.sqrt(abs(x)), lambda: tf.math.rsqrt(abs(x) + 1.0), lambda: tf.math.squared_difference(x, other), lambda: tf.sin(x), lambda: tf.round(x) + other,
        ]  # fmt: skip
        made = r.choice(both + (two if self.two else three))()
        return made[0] if isinstance(made, (list, tuple)) else made

    def attention(self, x, other):
        r, L, rank = self.r, self.keras.layers, len(x.shape)
        plain = [L.Attention(use_scale=r.random() < 0.5), L.AdditiveAttention(), L.Attention(score_mode="concat")]
        if rank < 3 or r.random() < 0.4:
            return r.choice(plain)([x, other], use_causal_mask=rank > 2 and r.random() < 0.3)
        axes = r.choice([None, None, tuple(r.sample(range(1, rank - 1), r.randint(1, rank - 2)))])
        heads = L.MultiHeadAttention(
            r.randint(1, 3), r.randint(2, 3), value_dim=r.choice([None, 2]), attention_axes=axes, use_bias=r.random() < 0.7,
            output_shape=r.choice([None, 3]), dropout=r.choice([0.0, 0.2]),
        )  # fmt: skip
        return heads(x, other, use_causal_mask=axes is None and rank == 3 and r.random() < 0.3)

    def node(self, x, tensors, inside):
        """The next tensor: of a layer, an operation, a layer that merges, or a model inside of the model."""
        r, L, chance = self.r, self.keras.layers, self.r.random()
        alike = [tensor for tensor in tensors if tensor.shape == x.shape]
        if chance < 0.05 and self.made:
            return r.choice(self.made)(x)
        if chance < 0.45:
            layer = self.layer(x)
            if not self.two and r.random() < 0.1:
                layer.name = f"{r.choice(ODD_NAMES)} {len(self.made)}"
            y = layer(x)
            self.made.append(layer)
            return y
        if chance < 0.5:
            return self.attention(x, r.choice([tensor for tensor in tensors if len(tensor.shape) == len(x.shape)]))
        if chance < 0.8:
            return self.operation(x, r.choice(alike))
        if chance < 0.9:
            merge = r.choice([L.Add, L.Multiply, L.Subtract, L.Average, L.Maximum, L.Minimum, L.Concatenate])
            return merge()([x, r.choice(alike)])
        if inside:
            return None
        start = self.keras.Input(x.shape[1:])
        model = self.keras.Model(start, self.tensors(start, r.randint(1, 3), True)[-1])
        if len(x.shape) > 3 and r.random() < 0.3:
            steps = self.keras.Input(x.shape[2:])
            return L.TimeDistributed(self.keras.Model(steps, self.tensors(steps, r.randint(1, 3), True)[-1]))(x)
        y = model(x)
        return model(y) if y.shape == x.shape and r.random() < 0.5 else y

    def tensors(self, x, count, inside=False):
        made = [x]
        for _ in range(8 * count):
            if len(made) > count:
                break
            try:
                y = self.node(made[-1] if self.r.random() < 0.75 else self.r.choice(made), made, inside)
            except Exception:
                continue
            sizes = [] if y is None else list(y.shape[1:])
            if 1 <= len(sizes) <= 4 and 0 not in sizes and np.prod([size or 9 for size in sizes]) <= MOST_NUMBERS:
                made.append(y)
        return made

    def model(self):
        r = self.r
        axes = r.choice([2, 2, 2, 1, 1, 3])
        shape = (*(r.randint(3, 11) for _ in range(axes)), r.randint(1, 6))
        if axes == 2 and r.random() < 0.15:
            shape = (None, None, shape[-1])
        x = self.keras.Input(shape)
        start = self.keras.layers.Masking(0.0)(x) if axes == 1 and r.random() < 0.5 else x
        tensors = self.tensors(start, r.randint(3, 9))
        return self.keras.Model(x, tensors[-1] if r.random() < 0.7 else tensors[-2:]), shape


def randomize(model, rng):
    for weight in model.weights:
        name = getattr(weight, "path", weight.name).split("/")[-1]
        if "float" in str(weight.dtype):
            low, high = (0.5, 1.5) if "variance" in name or name.startswith("gamma") else (-0.5, 0.5)
            weight.assign(rng.uniform(low, high, weight.shape).astype("float32"))


def listed(values):
    return list(values) if isinstance(values, (list, tuple)) else [values]


def reads(maker, path, x, expected):
    """Whether Keras itself reads the file, and makes the same of the input."""
    try:
        made = listed(maker.keras.models.load_model(path, compile=False)(x, training=False))
        return all(np.allclose(np.asarray(one), other, 1e-4, 1e-5) for one, other in zip(made, expected, strict=True))
    except Exception:
        return False


def outputs_of(layer):
    try:
        return len(listed(layer.output))
    except Exception:
        # Called several times, it has no one output.
        return 0


def write(folder, seed):
    """@returns whether there is such a model: Keras computes something finite of it, and writes a file."""
    maker = Maker(seed)
    keras.utils.clear_session()
    tf_keras.backend.clear_session()
    model, shape = maker.model()
    rng = np.random.default_rng(seed)
    if rng.random() < 0.6:
        # Only a call makes the weights of activations in Keras 3.
        model(np.zeros((1, *[size or 9 for size in shape]), "float32"))
    randomize(model, rng)
    x = rng.uniform(-2, 2, (2, *[size or 9 for size in shape])).astype("float32")
    if len(shape) == 2:
        # Steps that a Masking leaves out: the last ones of one sample, one in the other.
        x[0, -(shape[0] // 3) :] = 0
        x[1, shape[0] // 2] = 0
    layers = [layer for layer in model.layers[1:] if not hasattr(layer, "layers") and outputs_of(layer) == 1]
    outputs = [layer.output for layer in layers] + listed(model.outputs)
    values = [np.asarray(value, "float32") for value in listed(maker.keras.Model(model.inputs, outputs)(x, training=False))]
    if not layers or not all(np.isfinite(value).all() and value.size for value in values):
        return False
    files = []
    for extension in ("keras", "h5"):
        path = os.path.join(folder, f"{seed}.{extension}")
        model.save(path)
        if reads(maker, path, x, values[len(layers) :]):
            files.append(os.path.basename(path))
    if files:
        beside = os.path.join(folder, f"tfjs-{seed}")
        os.makedirs(beside, exist_ok=True)
        write_for_tfjs(model, os.path.join(beside, "model.json"))
        files.append(f"tfjs-{seed}/model.json")
    values = values[: len(layers)]
    with open(os.path.join(folder, f"{seed}.bin"), "wb") as out:
        out.write(b"".join(value.tobytes() for value in (x, *values)))
    described = [{"name": layer.name, "shape": value.shape} for layer, value in zip(layers, values)]
    with open(os.path.join(folder, f"{seed}.json"), "w") as out:
        json.dump({"input": x.shape, "layers": described, "files": files}, out)
    return bool(files)


def main(folder, count, seed):
    os.makedirs(folder, exist_ok=True)
    made = 0
    while made < count:
        try:
            made += write(folder, seed)
        except Exception:
            # Keras built it and cannot compute or save it.
            pass
        seed += 1


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
