import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { FromWorker, Job, ToWorker } from './messages';

/** What happens to a worker. */
export interface WorkerEvents {
  message(worker: WorkerProcess, message: FromWorker): void;
  /** @param how its signal or its code */
  exit(worker: WorkerProcess, how: string): void;
}

/** A process that does one job at a time. */
export class WorkerProcess {
  /** What it does now. */
  job: Job | undefined;
  /** Pictures of its job that are done. */
  pictures = 0;
  /** The end of what it wrote to stderr. */
  words = '';
  private readonly child: ChildProcess;

  constructor(environment: NodeJS.ProcessEnv, events: WorkerEvents) {
    this.child = fork(join(__dirname, 'worker.js'), [], {
      env: environment,
      // Node's own options, such as -e, would start this process again.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Keeps arrays of numbers.
      serialization: 'advanced',
    });
    this.child.stderr!.on('data', (data) => {
      this.words = (this.words + data).slice(-500);
    });
    this.child.on('message', (message: FromWorker) => events.message(this, message));
    this.child.on('error', (error) => {
      this.words = error.message;
    });
    this.child.on('exit', (code, signal) => events.exit(this, signal ?? `code ${code}`));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  do(job: Job, out: string): void {
    this.job = job;
    this.pictures = 0;
    this.child.send({ ...job, out } satisfies ToWorker, () => {
      // Where it has ended, `exit` says so.
    });
  }

  /** Ends it, whatever it does. */
  end(): void {
    this.child.removeAllListeners('exit');
    this.child.kill('SIGKILL');
  }
}
