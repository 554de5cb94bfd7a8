import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import * as assert from 'uvu/assert';
import { jpegHeader } from '../../src/pictures/jpeg-header';
import { FIXTURES } from '../npy';
import { suite } from '../suite';

const cat = () => sharp(readFileSync(join(FIXTURES, '..', '..', 'notebooks', 'cat.jpg')));

async function same(jpeg: Uint8Array): Promise<void> {
  const { format, height, width, space, hasAlpha } = await sharp(jpeg).metadata();
  assert.equal(jpegHeader(jpeg), { format, height, width, space, hasAlpha });
}

suite('the header of a JPEG', {
  'equals what sharp says, of each kind': async () => {
    for (const progressive of [false, true]) {
      for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
        await same(await cat().jpeg({ progressive, chromaSubsampling }).toBuffer());
        await same(await cat().resize(17, 301).grayscale().jpeg({ progressive }).toBuffer());
      }
    }
    await same(await cat().withMetadata({ orientation: 6 }).jpeg({ mozjpeg: true }).toBuffer());
    const folder = join(FIXTURES, 'pictures');
    for (const name of readdirSync(folder).filter((one) => /\.jpe?g$/.test(one))) {
      const bytes = readFileSync(join(folder, name));
      if ((await sharp(bytes).metadata()).space === 'cmyk') assert.is(jpegHeader(bytes), undefined);
      else await same(bytes);
    }
  },
  'is left to sharp for CMYK, other formats, and files that end in it': async () => {
    assert.is(jpegHeader(await cat().toColourspace('cmyk').jpeg().toBuffer()), undefined);
    assert.is(jpegHeader(await cat().png().toBuffer()), undefined);
    const jpeg = await cat().jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    for (let end = 0; end < frame + 10; end++) assert.is(jpegHeader(jpeg.subarray(0, end)), undefined);
    // A byte of filling before a marker is allowed, and rare.
    const filled = Buffer.concat([jpeg.subarray(0, frame), Buffer.from([0xff]), jpeg.subarray(frame)]);
    assert.is(jpegHeader(filled), undefined);
  },
});
