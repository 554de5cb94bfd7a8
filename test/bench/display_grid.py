import numpy as np


def display_grid(values, per_row=16):
    """The tutorial's grid of all channels of an activation [1, size, size, channels]."""
    size, count = values.shape[1], values.shape[-1]
    rows = count // per_row
    image = np.zeros((size * rows, per_row * size))
    for row in range(rows):
        for column in range(per_row):
            channel = values[0, :, :, row * per_row + column].copy()
            channel -= channel.mean()
            with np.errstate(all="ignore"):
                channel /= channel.std()
            channel = np.nan_to_num(channel * 64 + 128)
            image[row * size : (row + 1) * size, column * size : (column + 1) * size] = np.clip(channel, 0, 255).astype("uint8")
    return image
