import { parentPort } from 'node:worker_threads';
import { ModelError } from '../../../errors';
import { Library } from './library';
import { reading } from './source';
import type { Answer, Request } from './tree';

/** The worker's end: one answer for each request, in order. After an error the worker is unusable; its parent ends it. */

const SENSELESS = 'damaged: the HDF5 library cannot make sense of it. Copy or save it again.';

/** How far the library's memory may grow, beside the file's size: compressed parts are unpacked in it. */
const OWN_MEMORY = 128 * 1024 ** 2;
let most = OWN_MEMORY;

// What the library prints about a damaged file is in the error in fewer words.
process.stdout.write = process.stderr.write = () => true;

// A damaged file can ask the library for gigabytes; it takes a refusal as the end of memory.
const PAGE = 1 << 16;
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function (pages: number) {
  if (this.buffer.byteLength + pages * PAGE > most) throw new RangeError('Above the limit.');
  return grow.call(this, pages);
};

const started = import('h5wasm').then((h5wasm) => Library.start(h5wasm));

async function answer(request: Request): Promise<Answer | undefined> {
  const library = await started;
  if (request === 'free') return undefined;
  if (request === 'close') library.close();
  else if ('read' in request) {
    const room = new Float32Array(request.room);
    const arrays = request.read.map((path, i) => library.floats(path, room.subarray(request.starts[i])));
    return { arrays, room: request.room };
  } else {
    const { open } = request;
    most = OWN_MEMORY + 3 * ('data' in open ? open.data.length : open.size);
    return { root: library.open(reading(open)) };
  }
  return undefined;
}

const say = (message: Answer, buffers?: ArrayBuffer[]) => parentPort!.postMessage(message, buffers);

parentPort!.on('message', async (request: Request) => {
  try {
    const result = await answer(request);
    if (!result) return;
    say(result, typeof result === 'object' && 'room' in result ? [result.room] : []);
  } catch (error) {
    say({ error: error instanceof ModelError ? error.message : SENSELESS });
  }
});
started.then(() => say('ready'));
