import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { LayerDefinition } from './definition';

const number = (config: Json, name: string, fallback: number) => Number(config[name] ?? fallback);

/** The numbers of a MelSpectrogram, with Keras's defaults. */
function settingsOf(config: Json) {
  const length = number(config, 'fft_length', 2048);
  const rate = number(config, 'sampling_rate', 16_000);
  return {
    length,
    rate,
    stride: number(config, 'sequence_stride', 512),
    window: number(config, 'sequence_length', length),
    bins: Math.floor(length / 2) + 1,
    bands: number(config, 'num_mel_bins', 128),
    lowest: number(config, 'min_freq', 20),
    highest: number(config, 'max_freq', rate / 2),
  };
}

/** Keras's window functions, which are periodic. */
function fade(kind: unknown, i: number, size: number): number {
  const wave = Math.cos((2 * Math.PI * i) / size);
  if (kind === 'hann' || kind === undefined) return 0.5 - 0.5 * wave;
  return kind === 'hamming' ? 0.54 - 0.46 * wave : 1;
}

/** Sines and cosines of each frequency, times the window: `[fft_length, bins]` each. */
function waves(tf: Tf, config: Json): [real: Tensor, imaginary: Tensor] {
  const { length, window, bins } = settingsOf(config);
  const before = Math.floor((length - window) / 2);
  const made = [new Float32Array(length * bins), new Float32Array(length * bins)] as const;
  for (let i = 0; i < window; i++) {
    const at = before + i;
    const factor = fade(config['window'], i, window);
    for (let bin = 0; bin < bins; bin++) {
      // Reduced modulo the period first: a large angle would lose digits.
      const angle = (-2 * Math.PI * ((at * bin) % length)) / length;
      made[0][at * bins + bin] = factor * Math.cos(angle);
      made[1][at * bins + bin] = factor * Math.sin(angle);
    }
  }
  return [tf.tensor2d(made[0], [length, bins]), tf.tensor2d(made[1], [length, bins])];
}

const mel = (hertz: number) => 1127 * Math.log(1 + hertz / 700);

/** The weight of each frequency in each band of the mel scale: triangles, `[bins, bands]`. */
function bandsOf(tf: Tf, config: Json): Tensor {
  const { bins, bands, rate, lowest, highest } = settingsOf(config);
  const [from, to] = [mel(lowest), mel(highest)];
  const edge = (i: number) => from + ((to - from) * i) / (bands + 1);
  const values = new Float32Array(bins * bands);
  // The first frequency, zero, is left out.
  for (let bin = 1; bin < bins; bin++) {
    const here = mel((rate / 2 / (bins - 1)) * bin);
    for (let band = 0; band < bands; band++) {
      const up = (here - edge(band)) / (edge(band + 1) - edge(band));
      const down = (edge(band + 2) - here) / (edge(band + 2) - edge(band + 1));
      values[bin * bands + band] = Math.max(0, Math.min(up, down));
    }
  }
  return tf.tensor2d(values, [bins, bands]);
}

/** A mel spectrogram in decibels. */
export const MelSpectrogram: LayerDefinition = {
  shape(config, [input]) {
    const { stride, bands } = settingsOf(config);
    const time = input![input!.length - 1];
    const frames = time == null ? null : Math.floor((time + stride + 1) / stride);
    return [...input!.slice(0, -1), bands, frames];
  },
  prepare({ tf, config }) {
    const [real, imaginary] = waves(tf, config);
    return { real, imaginary, bands: bandsOf(tf, config) };
  },
  call([x], { tf, config, prepared }) {
    const { length, stride } = settingsOf(config);
    const time = x!.shape[x!.rank - 1]!;
    const side = Math.floor(length / 2);
    const frames = 1 + Math.floor((time + 2 * side - length) / stride);
    // Reflected at both ends, without repeating the end.
    const mirrored = (i: number) => {
      const at = Math.abs(i);
      return at < time ? at : 2 * (time - 1) - at;
    };
    const indices = Array.from({ length: frames * length }, (_, i) =>
      mirrored(Math.floor(i / length) * stride + (i % length) - side),
    );
    const rows = tf.reshape(x!, [-1, time]);
    const cut = tf.reshape(tf.gather(rows, tf.tensor1d(indices, 'int32'), 1), [-1, length]);
    const { real, imaginary, bands } =
      prepared ?? MelSpectrogram.prepare!({ tf, config, weights: {} } as never);
    const power = tf.add(
      tf.square(tf.matMul(cut as never, real as never)),
      tf.square(tf.matMul(cut as never, imaginary as never)),
    );
    const magnitude = tf.pow(tf.sqrt(power), number(config, 'mag_exp', 2));
    let map: Tensor = tf.matMul(magnitude as never, bands as never);
    if (config['power_to_db'] !== false) map = inDecibels(tf, map, config);
    const apart = tf.reshape(map, [rows.shape[0]!, frames, -1]);
    return tf.reshape(tf.transpose(apart, [0, 2, 1]), [...x!.shape.slice(0, -1), -1, frames]);
  },
};

function inDecibels(tf: Tf, map: Tensor, config: Json): Tensor {
  const least = number(config, 'min_power', 1e-10);
  const decibels = (power: Tensor) => tf.mul(tf.log(tf.maximum(power, least)), 10 / Math.LN10);
  const reference = (10 / Math.LN10) * Math.log(Math.max(Math.abs(number(config, 'ref_power', 1)), least));
  const log = tf.sub(decibels(map), reference);
  return tf.maximum(log, tf.sub(tf.max(log), number(config, 'top_db', 80)));
}
