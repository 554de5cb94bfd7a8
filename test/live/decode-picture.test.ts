import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { PictureError } from '../../src/errors';
import { decodePicture } from '../../src/live/engine/decode-picture';
import type { ColorMode } from '../../src/pictures/pixels';
import { FIXTURES } from '../npy';
import { suite } from '../suite';

type Expected = [size: number[], hash: string] | 'wide' | 'error';
type Case = [name: string, file: string, expected: Record<ColorMode, Expected>];

const cases: Case[] = JSON.parse(
  gunzipSync(readFileSync(join(FIXTURES, 'picture-kinds.json.gz'))).toString(),
);

/** What Pillow reads and the decoders refuse; see kinds.test.ts. */
const REFUSED =
  /lzma|fax|tiff YCbCr|tiff \S+ kind 6|jpeg|LAB|tiff \S+ kind 8|12 bits|with flipped bits|group4|group3|^tiff \S+ \d planes of 16|^tiff big kind \d format \d of \d+ bits, compression 8/;

const ofKind = (kind: string) => cases.filter(([name]) => name.startsWith(`${kind} `));

suite("pictures of a page that runs, decoded without Node's decoder", {
  ...Object.fromEntries(
    ['png', 'bmp', 'gif', 'tiff'].map((kind) => [
      `every kind of ${kind} gives Keras's bytes, or an error that says why`,
      async () => {
        const wrong: string[] = [];
        assert.ok(ofKind(kind).length > 15);
        for (const [name, file, expected] of ofKind(kind)) {
          for (const [mode, wanted] of Object.entries(expected) as [ColorMode, Expected][]) {
            const bytes = new Uint8Array(Buffer.from(file, 'base64'));
            const got = await decodePicture(bytes, 'x', mode, 80e6).catch((error) => error);
            if (got instanceof Error) {
              if (!(got instanceof PictureError) || (Array.isArray(wanted) && !REFUSED.test(name)))
                wrong.push(`${name} ${mode}: ${got}`);
            } else if (wanted === 'wide') {
              wrong.push(`${name} ${mode}: bytes, where Keras gives more`);
            } else if (Array.isArray(wanted)) {
              const hash = createHash('sha256').update(got.data).digest('hex');
              const size = [got.height, got.width, got.channels];
              if (hash !== wanted[1] || `${size}` !== `${wanted[0]}`) wrong.push(`${name} ${mode}: differs`);
            }
          }
        }
        assert.equal(wrong, []);
      },
    ]),
  ),
});
