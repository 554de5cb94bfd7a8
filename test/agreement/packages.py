"""Models of packages around Keras, and one with layers of its own as Keras's examples of vision have them. make_model.py
builds them by the names in MODELS; own-layers.ts has their layers for convlens."""
import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="vision")
class Patches(layers.Layer):
    """Cuts a picture into square patches, one row of numbers each."""

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size

    def call(self, images):
        patches = ops.image.extract_patches(images, self.size)
        count = (images.shape[1] // self.size) * (images.shape[2] // self.size)
        return ops.reshape(patches, (-1, count, self.size * self.size * images.shape[-1]))

    def compute_output_shape(self, shape):
        count = (shape[1] // self.size) * (shape[2] // self.size)
        return (shape[0], count, self.size * self.size * shape[-1])

    def get_config(self):
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable(package="vision")
class PatchEncoder(layers.Layer):
    """Projects patches and adds what it has learned of each position: layers inside a layer."""

    def __init__(self, count, width, **kwargs):
        super().__init__(**kwargs)
        self.count, self.width = count, width
        self.projection = layers.Dense(width)
        self.position = layers.Embedding(count, width)

    def build(self, shape):
        self.projection.build(shape)
        self.position.build((self.count,))
        self.built = True

    def call(self, patches):
        return self.projection(patches) + self.position(ops.arange(self.count))

    def get_config(self):
        return {**super().get_config(), "count": self.count, "width": self.width}


def vision_transformer():
    size, patch, width = 96, 12, 48
    inputs = keras.Input((size, size, 3))
    x = Patches(patch, name="patches")(inputs)
    x = PatchEncoder((size // patch) ** 2, width, name="encoder")(x)
    for i in range(3):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.MultiHeadAttention(num_heads=4, key_dim=12, name=f"attention_{i}")(y, y)
        x = layers.Add()([x, y])
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.Dense(2 * width, activation="gelu")(y)
        x = layers.Add()([x, layers.Dense(width)(y)])
    x = layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-6)(x))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def unet():
    import segmentation_models

    return segmentation_models.Unet("resnet34", encoder_weights=None, input_shape=(224, 224, 3))


def pspnet():
    """The blocks of its backbone hold a Lambda each."""
    import segmentation_models

    return segmentation_models.PSPNet("seresnet18", encoder_weights=None, input_shape=(144, 144, 3))


def u2net():
    from keras_unet_collection import models

    down, inside = [16, 32, 64, 128], [8, 8, 16, 32]
    return models.u2net_2d(
        (128, 128, 3),
        n_labels=2,
        filter_num_down=down,
        filter_num_up=down,
        filter_mid_num_down=inside,
        filter_mid_num_up=inside,
        filter_4f_num=[64, 64],
        filter_4f_mid_num=[32, 32],
        output_activation="Sigmoid",
    )


def mobilevit():
    from keras_cv_attention_models import mobilevit

    return mobilevit.MobileViT_XXS(pretrained=None)


def regnetz():
    from keras_cv_attention_models import resnet_family

    return resnet_family.RegNetZB16(pretrained=None)


def yolo():
    from keras_cv_attention_models import yolov8

    return yolov8.YOLOV8_N(pretrained=None, input_shape=(256, 256, 3))


MODELS = {
    "segmentation_models.Unet": unet,
    "segmentation_models.PSPNet": pspnet,
    "unet_collection.U2Net": u2net,
    "kecam.MobileViT": mobilevit,
    "kecam.RegNetZ": regnetz,
    "kecam.YOLOV8": yolo,
    "vision.Transformer": vision_transformer,
}
# These are written with Keras 2.
OF_KERAS_2 = ("segmentation_models.", "unet_collection.", "kecam.")
