import { AtlasError, BackendError, ModelError } from '../../errors';
import type { Backend } from '../../tensorflow/backend';
import type { Relations } from '../finish/relations';
import type { FromWorker, Job } from './messages';
import { workerEnvironment } from './threads';
import { WorkerProcess } from './worker-process';

/** How often a job may end its worker before the run fails. */
const DEATHS = 3;

/** What happens while jobs are done. */
export interface PoolEvents {
  /** Pictures that are done; fewer where a worker has died with a shard half done. */
  onPictures?(count: number): void;
  onRelations?(layer: number, relations: Relations): void;
  /** A line for the log. */
  log(line: string): void;
}

/** What `run` was called with, and how far it is. */
interface Running extends PoolEvents {
  readonly out: string;
  readonly waiting: Job[];
  readonly deaths: Map<Job, number>;
  left: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Processes of this machine that share out the work of an atlas. One that dies is replaced, and its job done again. */
export class Pool {
  private readonly workers = new Set<WorkerProcess>();
  private running: Running | undefined;
  /** Workers that ended without a job. */
  private endedIdle = 0;
  /** Why there are no workers any more. */
  private failure: AtlasError | undefined;

  /**
   * Starts the processes. They load TensorFlow while the caller prepares what they shall do.
   *
   * @param size how many
   * @param backend the TensorFlow that they run; without it they choose as this process would
   */
  constructor(
    readonly size: number,
    private readonly backend?: Backend['name'],
  ) {
    for (let i = 0; i < size; i++) this.start();
  }

  /**
   * Does jobs of a run, each on one of the processes.
   *
   * @param out the folder of the run
   * @throws {AtlasError} when workers keep dying
   * @throws {ModelError} when a layer fails, or the model cannot be loaded
   */
  async run(out: string, jobs: readonly Job[], events: PoolEvents, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.failure) throw this.failure;
    if (!jobs.length) return;
    let stop: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.running = {
          ...events,
          out,
          waiting: [...jobs],
          deaths: new Map(),
          left: jobs.length,
          resolve,
          reject,
        };
        stop = () => reject(signal!.reason);
        signal?.addEventListener('abort', stop, { once: true });
        for (const worker of this.workers) this.next(worker);
      });
    } finally {
      this.running = undefined;
      if (stop) signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends the processes. */
  end(): void {
    for (const worker of this.workers) worker.end();
    this.workers.clear();
  }

  private start(): WorkerProcess {
    const environment = {
      ...process.env,
      ...workerEnvironment(this.size),
      ...(this.backend !== undefined && { CONVLENS_BACKEND: this.backend }),
    };
    const worker = new WorkerProcess(environment, {
      message: (from, message) => this.hear(from, message),
      exit: (from, how) => this.replace(from, how),
    });
    this.workers.add(worker);
    return worker;
  }

  private next(worker: WorkerProcess): void {
    const job = this.running?.waiting.shift();
    worker.job = undefined;
    if (job) worker.do(job, this.running!.out);
  }

  private hear(worker: WorkerProcess, message: FromWorker): void {
    const { running } = this;
    const { job } = worker;
    if (!running || !job) return;
    if (message.kind === 'failed') {
      running.reject(errorOf(message));
      return;
    }
    if (message.kind === 'pictures') {
      worker.pictures += message.count;
      running.onPictures?.(message.count);
      return;
    }
    if ('layer' in job) running.onRelations?.(job.layer, message.relations!);
    else running.log(`worker ${worker.pid}: ${nameOf(job)} done`);
    running.left--;
    if (running.left === 0) running.resolve();
    else this.next(worker);
  }

  private replace(worker: WorkerProcess, how: string): void {
    this.workers.delete(worker);
    const { running } = this;
    const { job, pid, pictures, words } = worker;
    const times = 1 + (job ? (running?.deaths.get(job) ?? 0) : this.endedIdle);
    running?.log(`worker ${pid} ended (${how}) ${job ? `in ${nameOf(job)}` : 'before its first job'}`);
    if (job) running?.deaths.set(job, times);
    else this.endedIdle = times;
    if (times >= DEATHS) {
      const reason = words.trim().split('\n').at(-1);
      const hint = 'Perhaps memory is short: use fewer workers, or a smaller batch';
      this.failure = new AtlasError(
        `Cannot make an atlas: ${times} worker processes ended (${how})${job ? ` on ${nameOf(job)}` : ''}. ${reason || hint}.`,
      );
      running?.reject(this.failure);
      return;
    }
    if (job && running) {
      running.onPictures?.(-pictures);
      running.waiting.unshift(job);
    }
    const other = this.start();
    if (running) this.next(other);
  }
}

const nameOf = (job: Job) => ('layer' in job ? `layer ${job.layer}` : `shard ${job.shard}`);

const KINDS: Record<string, new (message: string) => Error> = {
  AtlasError,
  BackendError,
  ModelError,
  RangeError,
  TypeError,
};

function errorOf({ name, message }: { name: string; message: string }): Error {
  return new (KINDS[name] ?? Error)(message);
}
