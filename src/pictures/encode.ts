import type { Pixels } from './pixels';

/** Pictures of at most so many pixels keep each of them: they are shown enlarged. */
const SMALL = 64 * 64;

/** The ending of the files that `encodePicture` makes of pictures of a size. */
export const endingFor = (height: number, width: number): 'png' | 'jpg' =>
  height * width <= SMALL ? 'png' : 'jpg';

/** A picture as the bytes of a file for a page: small ones as PNG, others as JPEG. The same pixels give the same bytes. */
export async function encodePicture({ height, width, channels, data }: Pixels): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  const raw = { width, height, channels: channels as 1 | 3 | 4 };
  const image = sharp(data, { raw });
  const made =
    endingFor(height, width) === 'png'
      ? image.png({ compressionLevel: 9 })
      : image.flatten({ background: '#fff' }).jpeg({ quality: 88, chromaSubsampling: '4:4:4' });
  return new Uint8Array(await made.toBuffer());
}
