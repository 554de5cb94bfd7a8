"""Statistics of all maps of a model over a folder of pictures with Keras and numpy, as a user would write it: sums, squares,
extremes, zeros, the largest value of each picture and its place. No histograms, correlations or tables. Prints pictures,
seconds and CPU seconds as JSON, after a first batch. usage: atlas.py MODEL FOLDER BATCH"""
import json
import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
import keras
import numpy as np
from PIL import Image


def main(path, folder, batch):
    model = keras.models.load_model(path, compile=False)
    size = model.inputs[0].shape[1:3]
    wanted = [layer for layer in model.layers if len(layer.output.shape) == 4 and not isinstance(layer, keras.layers.InputLayer)]
    every = keras.Model(model.inputs, [layer.output for layer in wanted])
    names = sorted(os.listdir(folder))
    totals = [None] * len(wanted)

    def load(some):
        pictures = [Image.open(os.path.join(folder, name)).convert("RGB").resize(size[::-1], Image.Resampling.NEAREST) for name in some]
        return np.stack([np.asarray(picture) for picture in pictures]).astype("float32") / 255

    def count(some):
        for i, values in enumerate(every.predict_on_batch(load(some))):
            flat = values.reshape(values.shape[0], -1, values.shape[-1])
            found = [
                flat.sum((0, 1), dtype=np.float64),
                np.square(flat, dtype=np.float64).sum((0, 1)),
                flat.min((0, 1)),
                flat.max(1),
                flat.argmax(1),
                (flat == 0).sum((0, 1)),
            ]
            totals[i] = found if totals[i] is None else [totals[i][0] + found[0], totals[i][1] + found[1], np.minimum(totals[i][2], found[2]), np.concatenate([totals[i][3], found[3]]), np.concatenate([totals[i][4], found[4]]), totals[i][5] + found[5]]

    count(names[:batch])
    started, cpu = time.perf_counter(), time.process_time()
    for start in range(batch, len(names), batch):
        count(names[start : start + batch])
    print(
        json.dumps(
            {
                "pictures": len(names) - batch,
                "seconds": time.perf_counter() - started,
                "cpu": time.process_time() - cpu,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
