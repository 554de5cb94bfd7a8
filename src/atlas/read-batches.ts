import { PictureError } from '../errors';
import type { Picture } from '../pictures/pixels';
import { type AtlasPlan, picturesOf } from './plan';

/** Reads a picture of the set at the plan's size. @throws {PictureError} when it cannot be read */
export type ReadPicture = (index: number) => Promise<Picture>;

/** A picture of the set, or why it cannot be read. */
export type ReadResult =
  | { readonly index: number; readonly picture: Picture; readonly reason?: undefined }
  | { readonly index: number; readonly picture?: undefined; readonly reason: string };

/** Reads the pictures of a shard in batches, two ahead: one is read while another is decoded and a third one runs. */
export async function* readBatches(
  plan: AtlasPlan,
  shard: number,
  read: ReadPicture,
): AsyncGenerator<ReadResult[]> {
  const [from, to] = picturesOf(plan, shard);
  const reading: Promise<ReadResult[]>[] = [];
  const readAhead = (start: number) => {
    if (start >= to) return;
    const count = Math.min(plan.batch, to - start);
    const batch = Promise.all(Array.from({ length: count }, (_, i) => readOne(start + i, read)));
    // A failure is thrown when it is awaited.
    batch.catch(() => {});
    reading.push(batch);
  };
  readAhead(from);
  readAhead(from + plan.batch);
  for (let start = from; start < to; start += plan.batch) {
    const batch = await reading.shift()!;
    readAhead(start + 2 * plan.batch);
    yield batch;
  }
}

async function readOne(index: number, read: ReadPicture): Promise<ReadResult> {
  try {
    return { index, picture: await read(index) };
  } catch (error) {
    if (!(error instanceof PictureError)) throw error;
    return { index, reason: reasonOf(error) };
  }
}

/** An error's reason without the name of the file. */
function reasonOf({ message }: Error): string {
  return message.replace(/^Cannot load the picture: /, '');
}
