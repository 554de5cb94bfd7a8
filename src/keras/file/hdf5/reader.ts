import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ModelError } from '../../../errors';
import { bytesOf, checkSizes, isHdf5, type OpenHdf5 } from './opener';
import { placesFor } from './room';
import type { Answer, Group, Request, StoredArray } from './tree';

/**
 * Seconds that the library may take for one step: a damaged file can send it round in circles. Of 4,000 files
 * with a few bytes changed, 63 crashed h5wasm 0.10.3, 6 made it take up to 1.8 GB and 2 never came to an end.
 */
const PATIENCE = 3;
/** Bytes a second that even a slow disk gives. */
const SLOWEST = 20e6;
const PATIENCE_TO_START = 60;
/** How many times longer a step may take where the process gets little of the processor, or waits for a disk. */
const BUSIEST = 10;
/** Bytes of arrays that are asked for at once. */
const AT_ONCE = 1 << 23;
/** Bytes of a file after which the thread is ended instead of kept for the next file. */
const LARGE = 1 << 25;
/** Milliseconds for which the thread then waits for the next file: it holds 45 MB, and takes 0.2 s to start. */
const KEPT_MS = 1000;

/** The HDF5 library in a thread of its own, which can be ended at any time. */
class Reader {
  private readonly worker = new Worker(join(__dirname, 'worker.js'));
  private settle: (answer: Answer) => void = () => {};
  private readonly started: Promise<unknown>;
  alive = true;

  constructor() {
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error) => this.settle({ error: error.message }));
    this.started = this.answer(PATIENCE_TO_START);
    // The first caller gets the error; there may be none.
    this.started.catch(() => {});
    this.worker.unref();
  }

  /** Lets go of the file; the thread may serve the next one. */
  release(): void {
    this.worker.postMessage('close' satisfies Request);
  }

  /** @throws {ModelError} in the library's words, or when it crashes or takes too long; the thread is over then */
  async ask(request: Request, bytes = 0, moved: ArrayBuffer[] = []): Promise<Answer> {
    // Without this the process would end while it waits for nothing else.
    this.worker.ref();
    try {
      await this.started;
      const answer = this.answer(PATIENCE + bytes / SLOWEST);
      this.worker.postMessage(request, moved);
      return await answer;
    } finally {
      this.worker.unref();
    }
  }

  /** Frees memory at once, in the thread: here it would wait for V8 to collect it, beside all maps of a large model. */
  free(memory: ArrayBuffer): void {
    if (this.alive) this.worker.postMessage('free' satisfies Request, [memory]);
  }

  end(): void {
    this.alive = false;
    void this.worker.terminate();
  }

  private async answer(seconds: number): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answer>((resolve) => {
      this.settle = resolve;
      const started = performance.now();
      const before = process.cpuUsage();
      const late = () => {
        const { user, system } = process.cpuUsage(before);
        const waited = (performance.now() - started) / 1000;
        // Going round in circles takes all of a processor; less than half of it is a machine that others keep busy.
        const left = seconds / 2 - (user + system) / 1e6;
        if (left > 0 && waited < seconds * BUSIEST) wait(left);
        else resolve({ error: `damaged: it takes longer than ${Math.round(seconds)} s to read.` });
      };
      const wait = (more: number) => {
        // An answer that came while this thread was busy counts: it is handed over before the second timer.
        timer = setTimeout(() => setTimeout(late, 50), more * 1000);
        timer.unref();
      };
      wait(seconds);
    });
    clearTimeout(timer);
    if (typeof answer === 'string' || !('error' in answer)) return answer;
    this.end();
    throw new ModelError(answer.error);
  }
}

let idle: Reader | undefined;
/** Ends the idle thread. One that was started ahead of time waits for its first file without end. */
let ending: NodeJS.Timeout | undefined;

/** Whether a file was opened. */
let used = false;

/** Starts the library before the first file is opened, in parallel with this thread. */
export function prepareHdf5(): void {
  if (!used) idle ??= new Reader();
}

/** The idle thread, or a new one; it serves no other caller until its file is closed. */
function takeReader(): Reader {
  const reader = idle?.alive ? idle : new Reader();
  idle = undefined;
  used = true;
  clearTimeout(ending);
  return reader;
}

function keep(reader: Reader): void {
  reader.release();
  idle = reader;
  ending = setTimeout(() => takeReader().end(), KEPT_MS).unref();
}

/** Opens a file in the library's thread. */
export const openHdf5: OpenHdf5 = async (bytes, limit) => {
  if (!isHdf5(bytes)) throw new ModelError('it is no HDF5 file.');
  const reader = takeReader();
  try {
    const answer = await reader.ask({ open: bytes.source() });
    const { root } = answer as Extract<Answer, { root: Group }>;
    checkSizes(root, limit, bytes.size);
    return {
      root,
      read: (arrays, use) => read(reader, arrays, use),
      close() {
        if (!reader.alive) return;
        // After a large file its heap stays large.
        if (idle?.alive || bytes.size > LARGE) reader.end();
        else keep(reader);
      },
    };
  } catch (error) {
    reader.end();
    throw error;
  }
};

async function read(
  reader: Reader,
  arrays: readonly StoredArray[],
  use: (values: Float32Array, index: number) => void,
): Promise<void> {
  const batches: number[][] = [];
  let remaining = 0;
  arrays.forEach((array, index) => {
    if (remaining < bytesOf(array) || !batches.length) {
      batches.push([]);
      remaining = AT_ONCE;
    }
    batches.at(-1)!.push(index);
    remaining -= bytesOf(array);
  });
  const places = batches.map((batch) => placesFor(batch.map((index) => bytesOf(arrays[index]!) / 4)));
  // One piece of memory goes to the thread and back: freed pieces of many sizes would leave holes in the process.
  let piece = new ArrayBuffer(4 * Math.max(0, ...places.map(({ total }) => total)));
  for (const [n, batch] of batches.entries()) {
    const { starts, total } = places[n]!;
    const request = { read: batch.map((index) => arrays[index]!.path), starts, room: piece };
    const answer = await reader.ask(request, 4 * total, [piece]);
    const read = answer as Extract<Answer, { room: ArrayBuffer }>;
    for (const [i, index] of batch.entries()) use(read.arrays[i]!, index);
    piece = read.room;
  }
  reader.free(piece);
}
