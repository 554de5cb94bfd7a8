import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KernelError } from '../errors';
import { type Connection, newConnection } from '../jupyter/connection';
import type { KernelSpec } from '../jupyter/kernelspec';
import { signalProcess } from '../jupyter/signal-process';
import { type ClientSockets, connectClient } from '../jupyter/sockets';
import { type Content, decode, encode, type Message, newHeader } from '../jupyter/wire';
import { Requests } from './requests';
import { within } from './within';

type Channel = 'shell' | 'control' | 'stdin';

export interface StartOptions {
  /** Where the kernel runs; relative paths in cells start here. */
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Seconds until a silent kernel counts as failed. */
  startTimeout?: number;
}

/** Running kernels, which end with this process. */
const running = new Set<KernelClient>();
process.once('exit', () => {
  for (const client of running) client.kill();
});

/** A running kernel and the four sockets to it. */
export class KernelClient {
  /** The kernel's kernel_info_reply. */
  info: Content = {};
  private readonly session = newHeader('', '').msg_id;
  private readonly requests = new Requests();
  private readonly sinks = new Map<string, (message: Message) => void>();
  private stderrTail = '';
  private ended?: KernelError;
  /** Rejects when the kernel ends. */
  private readonly gone: Promise<never>;
  private onGone: (error: KernelError) => void = () => {};

  private constructor(
    readonly spec: KernelSpec,
    private readonly connection: Connection,
    private readonly folder: string,
    private readonly child: ChildProcess,
    private readonly sockets: ClientSockets,
  ) {
    running.add(this);
    this.gone = new Promise((_, reject) => {
      this.onGone = reject;
    });
    this.gone.catch(() => {});
    child.stderr?.on('data', (data) => {
      this.stderrTail = (this.stderrTail + data).slice(-2000);
    });
    child.stdout?.resume();
    child.once('error', (error) => this.end(`its command failed (${error.message})`));
    child.once('exit', (code, signal) => this.end(`it ended with ${signal ?? `exit code ${code}`}`));
    void this.listen(sockets.shell, (message) => this.onReply(message));
    void this.listen(sockets.control, (message) => this.onReply(message));
    void this.listen(sockets.stdin, (message) => this.toSink(message));
    void this.listen(sockets.iopub, (message) => this.onPublished(message));
  }

  /**
   * Starts a kernel and waits until it answers. If another process has taken one of its ports, the kernel is started
   * again on other ports.
   *
   * @throws {KernelError} when it cannot be started or does not answer in time
   */
  static async start(spec: KernelSpec, options: StartOptions, attempts = 5): Promise<KernelClient> {
    try {
      return await KernelClient.startOnce(spec, options);
    } catch (error) {
      if (attempts > 1 && /address (already )?in use|EADDRINUSE/i.test((error as Error).message)) {
        return KernelClient.start(spec, options, attempts - 1);
      }
      throw error;
    }
  }

  private static async startOnce(
    spec: KernelSpec,
    { cwd, env = process.env, startTimeout = 60 }: StartOptions,
  ): Promise<KernelClient> {
    const connection = await newConnection(spec.name);
    const folder = mkdtempSync(join(tmpdir(), 'convlens-kernel-'));
    const file = join(folder, 'connection.json');
    writeFileSync(file, JSON.stringify(connection), { mode: 0o600 });
    const [command, ...args] = spec.argv.map((word) => word.replaceAll('{connection_file}', file));
    const child = spawn(command!, args, {
      cwd,
      env: { ...env, ...spec.env, JPY_PARENT_PID: String(process.pid) },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // A process group of its own, so that everything the kernel starts ends with it.
      detached: process.platform !== 'win32',
    });
    const client = new KernelClient(spec, connection, folder, child, connectClient(connection));
    try {
      await client.ready(startTimeout);
    } catch (error) {
      await client.shutdown(0);
      throw error;
    }
    return client;
  }

  /**
   * A reply is not enough: messages published before our subscription arrives are lost. So the request is repeated
   * until one's reply and "idle" have been seen. It is also repeated if there is no reply: stock tslab drops requests
   * that arrive while it is still binding a socket. A late answer counts, and the waits grow: a kernel that needs
   * longer than a wait would otherwise never be ready, and get more requests than it can answer.
   */
  private async ready(seconds: number) {
    const giveUp = performance.now() + seconds * 1000;
    const late = () => {
      throw new KernelError(
        `Cannot start kernel ${this.spec.name}: no answer within ${seconds} s.${this.lastWords()}`,
      );
    };
    await within(Promise.race([this.sockets.connected, this.gone]), seconds * 1000, late);
    const sent: ReturnType<KernelClient['send']>[] = [];
    for (let wait = 25; ; wait = Math.min(wait * 1.5, 1000)) {
      sent.push(this.send('shell', 'kernel_info_request', {}));
      const answers = Promise.race(sent.map(({ done }) => done));
      const reply = await within(answers, wait, () => undefined);
      if (reply) {
        this.info = reply.content;
        for (const { id } of sent) this.requests.forget(id);
        return;
      }
      if (performance.now() > giveUp) late();
    }
  }

  /**
   * Runs code and waits for the reply and for everything published before it.
   *
   * @param onMessage gets each message that the code causes, also later ones (timers)
   * @param seconds after which the code is interrupted
   * @returns the content of the execute_reply, and whether it timed out
   * @throws {KernelError} when the kernel dies, or does not stop 5 s after the interrupt
   */
  async execute(
    code: string,
    {
      onMessage,
      seconds = Number.POSITIVE_INFINITY,
      ...content
    }: { onMessage?: (message: Message) => void; seconds?: number } & Content = {},
  ): Promise<{ reply: Content; timedOut: boolean }> {
    const request = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
      ...content,
    };
    const { id, done } = this.send('shell', 'execute_request', request);
    if (onMessage) this.sinks.set(id, onMessage);
    const reply = await within(done, seconds * 1000, () => undefined);
    if (reply) return { reply: reply.content, timedOut: false };
    await this.interrupt();
    const late = await within(done, 5000, () => {
      this.kill();
      throw new KernelError(
        `Cannot stop the cell: it ran longer than ${seconds} s and the kernel ignored the interrupt. The kernel was ended.`,
      );
    });
    return { reply: late!.content, timedOut: true };
  }

  /** Sends a request and waits for its reply and its end. */
  async request(channel: Channel, type: string, content: Content): Promise<Message> {
    return this.send(channel, type, content).done;
  }

  /** Sends a message that gets no reply of its own (an input_reply, a comm message). */
  post(
    channel: Channel,
    type: string,
    content: Content,
    parent: Message['parent'] = {},
    onMessage?: (message: Message) => void,
  ): void {
    const id = this.ship(channel, type, content, parent);
    if (onMessage) this.sinks.set(id, onMessage);
  }

  async interrupt(): Promise<void> {
    if (this.spec.interruptMode === 'message') this.post('control', 'interrupt_request', {});
    else signalProcess(this.child, 'SIGINT', false);
  }

  /** Asks the kernel to end; kills it if it has not ended after some seconds. */
  async shutdown(seconds = 2): Promise<void> {
    if (!this.ended && this.child.pid !== undefined) {
      const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
      this.post('control', 'shutdown_request', { restart: false });
      await within(gone, seconds * 1000, () => undefined);
      this.kill();
      await within(gone, 2000, () => undefined);
    }
    this.kill();
    this.sockets.close();
  }

  /** Kills the kernel and everything it started. */
  kill(): void {
    signalProcess(this.child, 'SIGKILL', true);
    rmSync(this.folder, { recursive: true, force: true });
    running.delete(this);
  }

  private send(channel: Channel, type: string, content: Content) {
    const id = this.ship(channel, type, content, {});
    const done = this.ended ? Promise.reject<Message>(this.ended) : this.requests.add(id);
    // A waiting caller gets the rejection; there may be none.
    done.catch(() => {});
    return { id, done };
  }

  private ship(channel: Channel, type: string, content: Content, parent: Message['parent']): string {
    const header = newHeader(type, this.session);
    const message = { identities: [], header, parent, metadata: {}, content, buffers: [] };
    void this.sockets[channel].send(encode(message, this.connection.key));
    return header.msg_id;
  }

  private async listen(socket: AsyncIterable<Buffer[]>, receive: (message: Message) => void) {
    for await (const frames of socket) {
      // iopub frames start with a topic, which decode reads as an identity.
      const message = decode(frames, this.connection.key);
      if (message) receive(message);
    }
  }

  private onReply(message: Message) {
    const id = message.parent.msg_id ?? '';
    if (!this.requests.has(id)) return;
    this.toSink(message);
    this.requests.replied(id, message);
  }

  private onPublished(message: Message) {
    const id = message.parent.msg_id ?? '';
    if (message.header.msg_type !== 'status') {
      this.toSink(message);
      this.requests.heard(id);
    } else if (message.content['execution_state'] === 'idle') {
      this.requests.idle(id);
    }
  }

  private toSink(message: Message) {
    this.sinks.get(message.parent.msg_id ?? '')?.(message);
  }

  private end(how: string) {
    this.ended ??= new KernelError(
      `Cannot continue with kernel ${this.spec.name}: ${how}.${this.lastWords()}`,
    );
    this.onGone(this.ended);
    this.requests.fail(this.ended);
    running.delete(this);
  }

  private lastWords(): string {
    const words = this.stderrTail.trim();
    return words ? ` Its last words: ${words}` : '';
  }
}
