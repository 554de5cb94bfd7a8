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

/** Milliseconds until the thread starts, which would slow the start of its process. */
const LATER_MS = 300;

let timer: NodeJS.Timeout | undefined;
if (isMainThread && hasParentPipe()) timer = setTimeout(watch, LATER_MS).unref();

/** Starts the thread now: from here on, the main one may be blocked. Without a parent there is nothing to watch. */
export function watch(): void {
  if (!timer) return;
  clearTimeout(timer);
  timer = undefined;
  new Worker(WATCH, { eval: true }).unref();
}

/** Ends this process, and all that it started. */
export function endWithAll(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // It leads no group.
    process.exit();
  }
}

/** Whether descriptor 3 is a pipe; started by hand, there is none. */
function hasParentPipe(): boolean {
  try {
    const stat = fstatSync(3);
    // Node's realpath reuses the result of the last stat: after that of a pipe it would not follow the next link, and
    // a cell would load another copy of convlens than the engine.
    statSync(__filename);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}
