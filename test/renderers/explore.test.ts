import * as assert from 'uvu/assert';
import { exploreFigure } from '../../renderers/explore';
import { dataUrl, pictureImage } from '../../renderers/picture';
import { picturePng } from '../../renderers/png/raster';
import { loadImage } from '../../src/pictures/load';
import { FIXTURES, json, kerasActivation, npy } from '../npy';
import { suite } from '../suite';
import { readPng } from './read-png';

const LAYERS = ['conv2d_1', 'max_pooling2d_1', 'conv2d_2', 'max_pooling2d_2', 'conv2d_3'];

interface Described {
  name: string;
  numbers: number[];
  across: number;
  head: string;
  body: string;
  lows: string[];
  highs: string[];
  note: string;
  values: { letters: string; key: [number, number] }[];
  dead: boolean[];
  texts: string[];
}

const param = <T>(figure: { spec: Record<string, unknown> }, name: string): T =>
  (figure.spec['params'] as { name: string; value: T }[]).find((p) => p.name === name)!.value;

/** The part of a layer's raster that comes into view for a channel, as RGB. */
function tile({ head, body, across }: Described, at: number, [height, width]: number[]): Buffer {
  const { data, width: stride } = readPng(Buffer.from(head + body, 'base64'));
  const rgb = Buffer.alloc(height! * width! * 3);
  for (let y = 0; y < height!; y++) {
    for (let x = 0; x < width!; x++) {
      const source = (Math.floor(at / across) * height! + y) * stride + (at % across) * width! + x;
      data.copy(rgb, 3 * (y * width! + x), 4 * source, 4 * source + 3);
    }
  }
  return rgb;
}

suite('explorer', {
  'a picture that is shrunk along either side is smoothed; one that is not keeps its pixels': () => {
    const narrow = { height: 400, width: 1, channels: 3, data: new Uint8Array(1200) };
    assert.is(pictureImage(narrow, { width: 1, height: 160 }).mark.smooth, true);
    assert.is(pictureImage(narrow, { width: 2, height: 800 }).mark.smooth, false);
  },
  "each channel's tile has matplotlib's colours, and its own numbers on the scale bar": () => {
    const [layer] = param<Described[]>(exploreFigure(kerasActivation('conv2d_1')), 'layers');
    for (const channel of [1, 3]) {
      const golden = npy(`matshow-${channel}`);
      assert.ok(
        tile(layer!, channel, golden.shape).equals(Buffer.from(golden.data as Uint8Array)),
        `${channel}`,
      );
      const { data } = kerasActivation('conv2d_1');
      const values = data.filter((_, i) => i % 16 === channel);
      assert.equal(layer!.values[channel]!.key, [Math.min(...values), Math.max(...values)]);
      assert.is(layer!.highs[channel], String(Number(Math.max(...values).toPrecision(3))));
    }
    assert.equal(
      layer!.dead.flatMap((dead, channel) => (dead ? [channel] : [])),
      [12],
    );
    assert.match(layer!.texts[12]!, 'dead: every value is 0');
  },
  "the tutorial's five layers with the picture take 1.5 MB at most, PNG, values and all": async () => {
    const cat = `${FIXTURES}/../../notebooks/cat.jpg`;
    const picture = await loadImage(cat, { targetSize: [150, 150] });
    const figure = exploreFigure(LAYERS.map(kerasActivation), { picture });
    const url = dataUrl(picturePng(picture));
    assert.is(JSON.stringify(figure.spec).split(url).length - 1, 1, 'the picture travels once');
    const bytes = JSON.stringify(figure.bundle()).length;
    assert.ok(bytes <= 1_500_000, `${bytes} bytes`);
    assert.match(figure.text, '5 layers to explore: conv2d_1 (16), max_pooling2d_1 (16)');
    const { width, height } = readPng(figure.png);
    assert.ok(width <= 800 && height < 440, `${width} × ${height}`);
  },
  'a map larger than the panel is shown smaller and says so': () => {
    const large = { layer: 'large', shape: [1, 1900, 400, 2], data: new Float32Array(1_520_000).fill(1) };
    large.data[0] = 2;
    const [layer] = param<Described[]>(exploreFigure(large), 'layers');
    assert.match(layer!.texts[0]!, '1900 × 400 · 1 to 2 · 0 % zeros · shown at 1/3 size');
  },
  'of too many maps the most varied are kept at their own size, and the figure says what it leaves out':
    () => {
      // Channel c varies by c + 1.
      const data = Float32Array.from(
        { length: 64 * 64 * 2048 },
        (_, i) => (((i >> 11) % 2) * ((i % 2048) + 1)) / 2048,
      );
      const many = { layer: 'many', shape: [1, 64, 64, 2048], data };
      const figure = exploreFigure(many);
      const [layer] = param<Described[]>(figure, 'layers');
      const kept = layer!.numbers.length;
      assert.ok(kept > 300 && kept < 400, `${kept} kept`);
      assert.equal(
        layer!.numbers,
        Array.from({ length: kept }, (_, i) => 2048 - kept + i),
      );
      assert.match(layer!.note, `the ${kept} most varied of 2048 channels`);
      assert.match(layer!.note, 'live: true');
      assert.not.match(layer!.texts[0]!, 'size');
      assert.ok(param<Described[]>(exploreFigure(many, { channel: 0 }), 'layers')[0]!.numbers.includes(0));
      assert.ok(JSON.stringify(figure.bundle()).length < 3_000_000);
    },
  'maps of noise, which no PNG makes smaller, stay below 3 MB too, and the still picture shows them':
    async () => {
      const picture = await loadImage(`${FIXTURES}/../../notebooks/cat.jpg`, { targetSize: [150, 150] });
      let seed = 1;
      const random = () => {
        seed = (seed * 48271) % 2147483647;
        return seed / 2147483647;
      };
      const noise = (side: number, channels: number) => ({
        layer: `noise of ${channels}`,
        shape: [1, side, side, channels],
        data: Float32Array.from({ length: side * side * channels }, random),
      });
      for (const [layers, options] of [
        [[noise(32, 2048), noise(16, 2047)], { picture }],
        [[noise(28, 512), noise(14, 2048)], {}],
      ] as const) {
        const bundle = exploreFigure(layers, options).bundle();
        const bytes = JSON.stringify(bundle).length;
        assert.ok(bytes < 3_000_000, `${bytes} bytes`);
        const { data, width } = readPng(Buffer.from(bundle.data['image/png'] as string, 'base64'));
        // A place in the map, which has two pixels a pixel: beside the picture where there is one.
        const [x, y] = ['picture' in options ? 600 : 120, 240];
        const row = Array.from({ length: 200 }, (_, i) => data.readUInt32BE(4 * (y * width + x + i)));
        assert.ok(new Set(row).size > 5, `${new Set(row).size} colours`);
      }
    },
  'a raster over the picture is the same PNG with transparent colours': async () => {
    const cat = `${FIXTURES}/../../notebooks/cat.jpg`;
    const picture = await loadImage(cat, { targetSize: [150, 150] });
    const figure = exploreFigure(kerasActivation('conv2d_3'), { picture });
    const { parse, View } = await import('vega');
    const { compile } = await import('vega-lite');
    const view = new View(parse(compile(figure.spec as never).spec), { renderer: 'none' }).run();
    const pixels = (name: string) => {
      const url = view.signal(name) as string;
      return readPng(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')).data;
    };
    const [opaque, veil] = [pixels('url'), pixels('veil')];
    const viridis = json<Record<string, string[]>>('colormaps').viridis!;
    for (let i = 0; i < opaque.length; i += 4) {
      assert.equal([...veil.subarray(i, i + 3)], [...opaque.subarray(i, i + 3)]);
      // Some steps share a colour, so the colour is looked up by the step, which is the opacity.
      assert.is(viridis[veil[i + 3]!], `#${opaque.toString('hex', i, i + 3)}`);
    }
  },
  'the layer, the channel and the included channels can be chosen': () => {
    const figure = exploreFigure(LAYERS.map(kerasActivation), {
      layer: 'conv2d_3',
      channel: 20,
      channels: [3, 20],
    });
    assert.is(param(figure, 'layer'), 'conv2d_3');
    assert.is(param(figure, 'channel'), 1);
    const layers = param<Described[]>(
      exploreFigure(kerasActivation('conv2d_3'), { channels: [3, 20] }),
      'layers',
    );
    assert.equal(layers[0]!.numbers, [3, 20]);
    assert.match(figure.text, 'shown conv2d_3, channel 20: 34 × 34 · 0 to 1.694');
  },
  'the channel shown first is the most varied one': () => {
    // numpy: argmax of each layer's standard deviation per channel
    for (const [layer, channel] of [
      ['conv2d_1', 9],
      ['conv2d_3', 8],
    ] as const) {
      assert.is(param(exploreFigure(kerasActivation(layer)), 'channel'), channel, layer);
    }
    const { NaN: nan } = Number;
    const made = { layer: 'made', shape: [1, 1, 2, 3], data: Float32Array.of(nan, 5, 0, nan, 5, 1) };
    const figure = exploreFigure(made, { channels: [0, 2] });
    assert.is(param(figure, 'channel'), 1);
    assert.match(figure.text, 'shown made, channel 2');
  },
  'the PNG says what can be changed where the figure is interactive; a single map has nothing to change':
    () => {
      const made = { layer: 'made', shape: [1, 1, 2, 1], data: Float32Array.of(0, 1) };
      const high = (figure: { png: Uint8Array }) => readPng(figure.png).height;
      const line = high(exploreFigure([made, made])) - high(exploreFigure(made));
      assert.ok(line >= 0 && line <= 16, `${line} pixels for the line`);
    },
  'layers with the same name get distinct names': () => {
    const twice = [kerasActivation('conv2d_3'), kerasActivation('conv2d_3')];
    assert.match(exploreFigure(twice).text, 'conv2d_3 (64), conv2d_3 (2) (64)');
  },
  'layers and channels that do not exist are refused by name': () => {
    const refuses = (run: () => unknown, words: string) =>
      assert.throws(run, (e: Error) => e instanceof RangeError && e.message.includes(words));
    const map = kerasActivation('conv2d_1');
    refuses(() => exploreFigure([]), 'there are no activations');
    refuses(
      () => exploreFigure(map, { layer: 'conv2d_9' }),
      'there is no such layer here. There are conv2d_1.',
    );
    refuses(
      () => exploreFigure(map, { channel: 16 }),
      'channel 16 of conv2d_1: choose a whole number from 0 to 15',
    );
    refuses(() => exploreFigure(map, { channel: 2, channels: [1] }), 'not among `channels`');
    refuses(() => exploreFigure(map, { channels: [99] }), 'names none of its 16 channels');
    refuses(
      () => exploreFigure({ layer: 'b', shape: [2, 1, 1, 1], data: Float32Array.of(1, 2) }),
      'holds 2 pictures',
    );
  },
});
