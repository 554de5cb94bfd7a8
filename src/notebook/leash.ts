/**
 * Loaded into a kernel of ours before anything else (`node -r`): ends the kernel when the runner is gone,
 * even when the runner was killed. The runner holds the other end of a pipe on descriptor 3.
 */
import { Socket } from 'node:net';

try {
  const leash = new Socket({ fd: 3 });
  leash.on('close', () => process.exit()).on('error', () => process.exit());
  leash.resume();
  leash.unref();
} catch {
  // Started by hand, with nothing on descriptor 3: there is no runner to follow.
}
