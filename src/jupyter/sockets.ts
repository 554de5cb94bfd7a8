import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Dealer, Router, Subscriber } from 'zeromq';
import { KernelError } from '../errors';
import { address, type Connection, type PORTS } from './connection';

/** Sends messages one after another: ZeroMQ allows one send in flight per socket. */
export interface Outlet {
  send(frames: Buffer[]): Promise<void>;
  /** Messages waiting to be sent. */
  readonly pending: number;
  close(): void;
}

export interface Inlet extends Outlet, AsyncIterable<Buffer[]> {}

export interface ClientSockets {
  shell: Inlet;
  control: Inlet;
  stdin: Inlet;
  iopub: AsyncIterable<Buffer[]>;
  /** Resolves once the kernel has bound all four. */
  connected: Promise<unknown>;
  close(): void;
}

export interface KernelSockets {
  shell: Inlet;
  control: Inlet;
  stdin: Inlet;
  iopub: Outlet;
  /** Resolves once heartbeats are answered. */
  beats: Promise<void>;
  /** Resolves when no thread uses ZeroMQ any more: only then the process may end. */
  close(): Promise<void>;
}

interface Sender {
  send(frames: Buffer[]): Promise<void>;
  close(): void;
}

function outlet(socket: Sender): Outlet {
  let last: Promise<void> = Promise.resolve();
  let pending = 0;
  return {
    send(frames) {
      pending++;
      // A socket that has been closed rejects; nobody waits for the message any more.
      last = last
        .then(() => socket.send(frames))
        .catch(() => {})
        .finally(() => pending--);
      return last;
    },
    get pending() {
      return pending;
    },
    close: () => socket.close(),
  };
}

function inlet(socket: Dealer | Router): Inlet {
  return Object.assign(Object.create(outlet(socket as Sender)) as Outlet, {
    [Symbol.asyncIterator]: () => socket[Symbol.asyncIterator]() as AsyncIterator<Buffer[]>,
  });
}

/**
 * A client's four sockets. They may be opened before the kernel runs: ZeroMQ retries every 20 ms.
 */
export function connectClient(connection: Connection): ClientSockets {
  const zmq: typeof import('zeromq') = require('zeromq');
  const options = { linger: 0, reconnectInterval: 20 };
  const ports = ['shell_port', 'control_port', 'stdin_port'] as const;
  const dealers = ports.map(() => new zmq.Dealer({ ...options, routingId: connection.key.slice(0, 32) }));
  const iopub: Subscriber = new zmq.Subscriber({ ...options, receiveHighWaterMark: 0 });
  const connected = Promise.all(
    [...dealers, iopub].map(
      (socket) => new Promise<void>((resolve) => socket.events.on('handshake', () => resolve())),
    ),
  );
  for (const [i, port] of ports.entries()) dealers[i]!.connect(address(connection, port));
  iopub.connect(address(connection, 'iopub_port'));
  iopub.subscribe();
  const [shell, control, stdin] = dealers.map(inlet) as [Inlet, Inlet, Inlet];
  return {
    shell,
    control,
    stdin,
    iopub: iopub as AsyncIterable<Buffer[]>,
    connected,
    close() {
      for (const socket of [...dealers, iopub]) socket.close();
    },
  };
}

/**
 * Binds a kernel's five sockets. Heartbeats are answered by a thread of their own.
 *
 * @throws {KernelError} when a port is taken
 */
export async function bindKernel(connection: Connection): Promise<KernelSockets> {
  const zmq: typeof import('zeromq') = require('zeromq');
  // A reply that was just sent may still be delivered while the kernel shuts down.
  const options = { linger: 500, sendHighWaterMark: 0 };
  const routers = (['shell_port', 'control_port', 'stdin_port'] as const).map(
    (port) => [new zmq.Router({ ...options, receiveHighWaterMark: 0, handover: true }), port] as const,
  );
  const iopub = new zmq.Publisher(options);
  await Promise.all([
    ...routers.map(([router, port]) => bind(router, connection, port)),
    bind(iopub, connection, 'iopub_port'),
  ]);
  const heart = startHeart(connection);
  const [shell, control, stdin] = routers.map(([router]) => inlet(router)) as [Inlet, Inlet, Inlet];
  return {
    shell,
    control,
    stdin,
    iopub: outlet(iopub as Sender),
    beats: heart.beats,
    close() {
      for (const socket of [...routers.map(([router]) => router), iopub]) socket.close();
      return heart.stop();
    },
  };
}

async function bind(
  socket: { bind(address: string): Promise<void> },
  connection: Connection,
  port: (typeof PORTS)[number],
) {
  try {
    await socket.bind(address(connection, port));
  } catch (cause) {
    throw taken(connection, port, cause as Error);
  }
}

function taken(connection: Connection, port: (typeof PORTS)[number], cause: Error): KernelError {
  return new KernelError(
    `Cannot start the kernel: port ${connection[port]} of ${connection.ip} is unavailable (${cause.message}). Start it again; a front end chooses other ports.`,
    { cause },
  );
}

/** Milliseconds until its thread starts: no client waits for the first beat, and the engine starts meanwhile. */
const HEART_MS = 300;

/** Milliseconds that its thread may take to end. */
const HEART_END_MS = 1000;

function startHeart(connection: Connection): { beats: Promise<void>; stop(): Promise<void> } {
  const workerData = address(connection, 'hb_port');
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  const beats = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => {
      worker = new Worker(join(__dirname, 'heartbeat-thread.js'), { workerData });
      worker.once('message', ({ failed }: { failed?: string }) => {
        if (failed === undefined) resolve();
        else reject(taken(connection, 'hb_port', new Error(failed)));
      });
      worker.once('error', reject);
      worker.once('exit', () => (worker = undefined));
    }, HEART_MS);
  });
  return {
    beats,
    async stop() {
      clearTimeout(timer);
      if (!worker) return;
      const ended = new Promise<void>((resolve) => {
        worker!.once('exit', resolve);
        setTimeout(resolve, HEART_END_MS);
      });
      worker.postMessage('close');
      await ended;
    },
  };
}
