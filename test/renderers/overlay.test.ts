import * as assert from 'uvu/assert';
import { overlayFigure } from '../../renderers/overlay';
import { featureMap } from '../../src/maps/activation';
import { resizeMap } from '../../src/maps/resize-map';
import { json, kerasActivation, npy } from '../npy';
import { suite } from '../suite';
import { hexAt, readPng } from './read-png';

const map = kerasActivation('conv2d_3');
const gray = { height: 150, width: 150, channels: 1, data: new Uint8Array(150 * 150).fill(100) };
const layersOf = (spec: Record<string, unknown>) =>
  spec['layer'] as { mark: { opacity?: { expr: string } }; encoding: { url: { value: string } } }[];

suite('overlay', {
  'the map is resized as tf.image.resize does, larger and smaller': () => {
    for (const size of [
      [150, 150],
      [20, 61],
    ] as const) {
      const golden = npy(`resized-${size.join('x')}`);
      const { data, height, width } = resizeMap(featureMap(map, 20), size);
      assert.equal([height, width], golden.shape);
      const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - golden.data[i]!)), 0);
      assert.ok(worst <= 1e-6, `${size}: ${worst}`);
    }
  },
  "the resized map over the picture has matplotlib's colours": () => {
    const golden = npy('resized-150x150').data;
    const { url } = layersOf(overlayFigure(gray, map, { channel: 20 }).spec)[1]!.encoding;
    const png = readPng(Buffer.from(url.value.slice(url.value.indexOf(',') + 1), 'base64'));
    const viridis = json<Record<string, string[]>>('colormaps').viridis;
    const channel = featureMap(map, 20).data;
    const [low, high] = [Math.min(...channel), Math.max(...channel)];
    let wrong = 0;
    golden.forEach((value, i) => {
      const step = Math.min(255, Math.floor(((value - low) / (high - low)) * 256));
      const hex = hexAt(png, i);
      // Where rounding decides between two neighbours, either is right.
      if (![step - 1, step, step + 1].some((s) => viridis![s] === hex)) wrong++;
    });
    assert.is(wrong, 0);
  },
  'a dead channel covers nothing, and is named': () => {
    const figure = overlayFigure(gray, map, { channel: 9 });
    assert.match(figure.text, 'dead: every value is 0');
    assert.equal(layersOf(figure.spec)[1]!.mark.opacity, { expr: '0' });
  },
  'wrong opacity, channel and picture are refused': () => {
    const refuses = (run: () => unknown, Class: ErrorConstructor, words: string) =>
      assert.throws(run, (e: Error) => e instanceof Class && e.message.includes(words));
    refuses(() => overlayFigure(gray, map, { opacity: 2 }), RangeError, 'opacity is 2');
    refuses(() => overlayFigure(gray, map, { channel: 64 }), RangeError, 'channel 64 of conv2d_3');
    refuses(() => overlayFigure({} as never, map), TypeError, 'Pass what loadImage returns');
  },
});
