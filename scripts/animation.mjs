import { statSync } from 'node:fs';
import sharp from 'sharp';

const MOST = 1_000_000;
const WIDTH = 700;

/** A screenshot as a frame. */
export const frameOf = (screenshot) => sharp(screenshot).resize({ width: WIDTH }).png().toBuffer();

/**
 * Writes frames as a GIF that repeats. Shorter frames get white paper below.
 *
 * @param {Buffer[]} frames PNGs of one width
 * @param {string} out the file
 * @param {number[]} delays milliseconds of each frame
 * @throws {Error} when it is too large for a README
 */
export async function writeAnimation(frames, out, delays) {
  const heights = await Promise.all(frames.map(async (frame) => (await sharp(frame).metadata()).height));
  const height = Math.max(...heights);
  const background = '#fff';
  const even = await Promise.all(
    frames.map((frame, i) =>
      sharp(frame)
        .extend({ bottom: height - heights[i], background })
        .flatten({ background })
        .png()
        .toBuffer(),
    ),
  );
  await sharp(even, { join: { animated: true } })
    .gif({ delay: delays, loop: 0, colours: 128, effort: 10 })
    .toFile(out);
  const { size } = statSync(out);
  if (size >= MOST) throw new Error(`${out} has ${size} bytes, more than ${MOST}`);
  console.log(`wrote ${out}, ${size} bytes`);
}
