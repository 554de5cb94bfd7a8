import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { PictureError } from '../../src/errors';
import { loadImage } from '../../src/pictures/load';
import type { ColorMode } from '../../src/pictures/pixels';
import { FIXTURES } from '../npy';
import { suite } from '../suite';

/** [height, width, channels] and the SHA-256 of the bytes that Keras hands out; or why it hands out none. */
type Expected = [number[], string] | 'wide' | 'error';
type Case = [name: string, file: string, expected: Record<ColorMode, Expected>];

const cases: Case[] = JSON.parse(
  gunzipSync(readFileSync(join(FIXTURES, 'picture-kinds.json.gz'))).toString(),
);

/** What Pillow reads and convlens refuses: what is unusual or damaged, and what Pillow itself makes noise of. */
const REFUSED =
  /lzma|tiff YCbCr (?!jpeg)|tiff \S+ kind 6|LAB|tiff \S+ kind 8|12 bits|with flipped bits|group4 with half|^tiff \S+ \d planes of 16|^tiff big kind \d format \d of \d+ bits, compression 8/;

const kinds = ['bmp', 'gif', 'tiff', 'png'];

suite('picture kinds', {
  ...Object.fromEntries(
    kinds.map((kind) => [
      `every kind of ${kind} gives Keras's bytes, or an error that says why`,
      async () => {
        const wrong: string[] = [];
        const of = cases.filter(([name]) => name.startsWith(`${kind} `));
        assert.ok(of.length > 15);
        for (const [name, file, expected] of of) {
          for (const [mode, wanted] of Object.entries(expected) as [ColorMode, Expected][]) {
            const got = await loadImage(Buffer.from(file, 'base64'), { colorMode: mode }).catch((e) => e);
            if (got instanceof Error) {
              const said =
                got instanceof PictureError && /^Cannot load the picture[^\n]*\.$/.test(got.message);
              if (!said || (Array.isArray(wanted) && !REFUSED.test(name)))
                wrong.push(`${name} ${mode}: ${got}`);
            } else if (wanted === 'wide') {
              wrong.push(`${name} ${mode}: bytes, where Keras hands out more`);
            } else if (Array.isArray(wanted)) {
              const hash = createHash('sha256').update(got.data).digest('hex');
              const shape = [got.height, got.width, got.channels];
              if (hash !== wanted[1] || `${shape}` !== `${wanted[0]}`) wrong.push(`${name} ${mode}: differs`);
            }
          }
        }
        assert.equal(wrong, []);
      },
    ]),
  ),
  'no damaged TIFF decodes to a black or half picture': async () => {
    const damaged = cases.filter(([name]) => /^tiff \S+ (cut|with half of its pixels zero)/.test(name));
    assert.is(damaged.length, 14);
    for (const [name, file, { rgb }] of damaged) {
      const got = await loadImage(Buffer.from(file, 'base64')).catch((e) => e);
      // Zeros are pixels where nothing is compressed. Of a damaged fax Pillow gives what it could read.
      assert.is(got instanceof PictureError, rgb === 'error' || /group4/.test(name), name);
    }
  },
  'unsupported kinds are refused by name': async () => {
    for (const [pattern, words] of [
      [/^tiff RGB lzma/, /its compression, LZMA, is unsupported/],
      [/^tiff YCbCr raw/, /kind 6 \(YCbCr\), are unsupported/],
      [/^tiff LAB raw/, /kind 8 \(CIE Lab\), are unsupported/],
      [/^tiff of 12 bits/, /12 bits, 1 samples, format 1, gray\) is unsupported/],
      [/^tiff little 3 planes of 16/, /Pillow misreads .*in planes/],
      [/^tiff big kind 1 format 2 of 16 bits, compression 8/, /Pillow misreads .*big-endian and compressed/],
      [/^bmp with 2 bits/, /BMP with 2 bits a pixel/],
      [/^bmp with a PNG inside/, /BMP compression 5/],
      [/^gif of its header only/, /cut off before its first picture/],
    ] as const) {
      const [, file] = cases.find(([name]) => pattern.test(name))!;
      const error = await loadImage(Buffer.from(file, 'base64')).catch((e) => e);
      assert.instance(error, PictureError, `${pattern}`);
      assert.match(error.message, words);
    }
  },
});
