/**
 * Preloaded into our kernel and engine processes (`node -r`). It ends the process, and all that it started, when the
 * parent is gone, even if the parent was killed. The parent holds the other end of a pipe on descriptor 3. A separate
 * thread watches the pipe, since a cell may block the main one forever.
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

/** Started by hand, there is no parent pipe. */
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
