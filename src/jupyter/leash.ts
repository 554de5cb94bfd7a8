/**
 * Loaded into a kernel or an engine of ours before anything else (`node -r`): ends it, and all that it started,
 * when the one who started it is gone, even when that was killed. That one holds the other end of a pipe on
 * descriptor 3. It is watched in a thread of its own, since a cell may never give the main one back.
 */
import { fstatSync, statSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';

const WATCH = `
  const { Socket } = require('node:net');
  const end = () => {
    try {
      process.kill(-process.pid, 'SIGKILL');
    } catch {
      process.kill(process.pid, 'SIGKILL');
    }
  };
  new Socket({ fd: 3 }).on('close', end).on('error', end).resume();
`;

if (isMainThread && held()) new Worker(WATCH, { eval: true }).unref();

/** Started by hand, there is nothing on descriptor 3, and nobody to follow. */
function held(): boolean {
  try {
    const stat = fstatSync(3);
    // Node's realpath looks at whatever was asked for last: after a pipe it would leave the next link unfollowed, and
    // a cell's convlens would be another than the engine's.
    statSync(__filename);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
