/** Answers heartbeats: a thread of the kernel's process, which answers also while the kernel's own thread is busy. */
import { parentPort, workerData } from 'node:worker_threads';

async function main() {
  const zmq: typeof import('zeromq') = require('zeromq');
  const socket = new zmq.Reply({ linger: 0 });
  try {
    await socket.bind(workerData as string);
  } catch (error) {
    parentPort!.postMessage({ failed: (error as Error).message });
    return;
  }
  parentPort!.postMessage({});
  // A thread that is ended while it waits for a beat would abort the whole process.
  parentPort!.once('message', () => socket.close());
  for await (const frames of socket) await socket.send(frames);
}

void main();
