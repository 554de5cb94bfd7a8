import { processRuns } from '../jupyter/process-runs';

const EVERY_MS = 1000;

/**
 * Calls `gone` when the client that started this kernel has ended, even if it was killed. A client that wants its kernels
 * to end with it puts its process id into `JPY_PARENT_PID`. Without that variable (a kernel started by hand, or detached
 * on purpose) nothing is watched.
 *
 * @param gone called once, within two seconds of the parent's end
 */
export function watchParent(gone: () => void, env: NodeJS.ProcessEnv = process.env): void {
  const client = Number(env['JPY_PARENT_PID']);
  if (!(client > 0)) return;
  const parent = process.ppid;
  // On Windows the variable is a handle; in a container it may be a process of the host. Neither can be watched.
  const known = process.platform !== 'win32' && client !== parent && processRuns(client);
  const timer = setInterval(() => {
    // Windows does not give an orphan a new parent.
    const orphan = process.ppid !== parent || (process.platform === 'win32' && !processRuns(parent));
    if (!orphan && !(known && !processRuns(client))) return;
    clearInterval(timer);
    gone();
  }, EVERY_MS);
  timer.unref();
}
