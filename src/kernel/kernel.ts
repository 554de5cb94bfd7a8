import { Replays } from '../jupyter/replays';
import type { Inlet, KernelSockets } from '../jupyter/sockets';
import { type Content, decode, type Header, type Message } from '../jupyter/wire';
import { type Cells, INTERRUPTED } from './cells';
import { doesNotStop } from './does-not-stop';
import type { Published } from './engine/engine-messages';
import type { EngineGone, EngineProcess } from './engine-process';
import { History } from './history';
import { IdleCollector } from './idle-collector';
import { Inputs, type Question } from './inputs';
import { kernelInfo } from './kernel-info';
import { placeOf } from './notebook-place';
import { Outbox } from './outbox';
import { type Parent, Parents } from './parents';
import { refusalOf } from './refusals';

/** Milliseconds to wait for cells that a client sent together with a failing one, so that they are aborted, too. */
const DRAIN_MS = 5;
/** Milliseconds between two signals to a cell that has not stopped yet. */
const AGAIN_MS = 250;
const STUCK = { how: 'it did not stop when it was interrupted, so it was ended', interrupted: true };

/** A Jupyter kernel: its sockets, its queue and its state. Cells run in the engine's process. */
export class Kernel {
  private readonly queue: Message[] = [];
  private readonly aborted = new Set<Message>();
  private readonly parents = new Parents();
  private readonly history = new History();
  private readonly collector = new IdleCollector();
  private readonly outbox: Outbox;
  private count = 0;
  private wake: () => void = () => {};
  /** The shell request in progress. */
  private working: Message | undefined;
  private latest: Parent | undefined;
  /** An interrupt that found nothing running: it may have overtaken its cell on another socket. */
  private early: Header | undefined;
  /** An interrupt between cells, until it is known whether the engine runs on, such as in a timer. */
  private stray: Promise<void> = Promise.resolve();
  private stopped = false;
  private readonly inputs = new Inputs(
    (cell, { prompt, password }) =>
      this.outbox.send(this.sockets.stdin, 'input_request', { prompt, password }, this.parents.get(cell)!)
        .msg_id,
  );
  private readonly replays = new Replays();

  private constructor(
    private readonly sockets: KernelSockets,
    private readonly key: string,
    private readonly engine: EngineProcess,
    private readonly cells: Cells,
    private readonly onStop: () => void,
  ) {
    this.outbox = new Outbox(sockets.iopub, key);
    engine.events = {
      publish: (cell, published) => this.relay(cell, published),
      input: (cell, question) => this.askInput(cell, question),
      died: (gone) => this.engineDied(gone),
    };
  }

  /** Serves until a shutdown_request; then `onStop` is called. @param key signs the messages */
  static serve(
    sockets: KernelSockets,
    key: string,
    engine: EngineProcess,
    cells: Cells,
    onStop: () => void,
  ): Kernel {
    const kernel = new Kernel(sockets, key, engine, cells, onStop);
    kernel.outbox.publish('status', { execution_state: 'starting' }, undefined);
    void kernel.read(kernel.sockets.shell, (message) => {
      kernel.queue.push(message);
      kernel.wake();
    });
    void kernel.read(kernel.sockets.control, (message) => void kernel.control(message));
    void kernel.read(kernel.sockets.stdin, (message) => kernel.answerInput(message));
    void kernel.work();
    return kernel;
  }

  /**
   * Interrupts whatever runs: a cell, a widget's callback or a timer. If that has no effect, it ends the engine.
   *
   * @param sent when the request was sent
   */
  interrupt(sent?: Header): void {
    const { working } = this;
    for (const input of this.inputs.clear()) this.engine.tell({ input, interrupted: true });
    if (working) this.cells.interrupt(working.header);
    else this.early = sent;
    // An interrupt just before the engine starts the cell has no effect, so it is repeated.
    const again = setInterval(() => {
      if (working && this.working === working) this.cells.interrupt(working.header);
    }, AGAIN_MS);
    let answers = false;
    // An unused engine runs nothing, and may be slow to answer while it loads.
    const ping = !working && this.engine.used ? this.engine.ask('ping', '', null) : Promise.resolve();
    const answered = ping
      .then(
        () => {},
        (gone: EngineGone) => this.engineDied(gone),
      )
      .then(() => {
        answers = true;
      });
    const over = () => (working ? this.working !== working : answers);
    void doesNotStop(this.engine.pid, working ? 'cell' : 'nothing', over).then((must) => {
      clearInterval(again);
      const runs = !working || this.engine.runs(working.header.msg_id);
      if (must && runs) this.engine.kill(STUCK);
    });
    if (!working) this.stray = answered;
  }

  private async read(socket: Inlet, receive: (message: Message) => void) {
    for await (const frames of socket) {
      const message = decode(frames, this.key);
      if (message && this.replays.isNew(frames)) receive(message);
    }
  }

  /** Handles shell messages in order. They are read ahead, so that an abort finds the waiting ones. */
  private async work() {
    while (!this.stopped) {
      const message = this.queue.shift();
      if (message) await this.collector.during(() => this.shell(message));
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private async shell(message: Message) {
    this.parents.remember(message);
    this.outbox.status('busy', message);
    this.working = message;
    try {
      await this.handle(message);
    } catch (error) {
      this.refuse(message, error as Error);
    }
    this.working = undefined;
    this.outbox.status('idle', message);
  }

  /** The engine failed to answer. Messages that are not requests get no reply, but their error is shown. */
  private refuse(message: Message, error: Error) {
    if (message.header.msg_type.endsWith('_request')) {
      this.outbox.reply(this.sockets.shell, message, {
        status: 'error',
        ename: error.name,
        evalue: error.message,
        traceback: [],
      });
    } else {
      this.engineDied(error);
    }
  }

  private async handle(message: Message): Promise<void> {
    const { content, header } = message;
    const reply = (answer: Content) => this.outbox.reply(this.sockets.shell, message, answer);
    const id = header.msg_id;
    const code = String(content['code'] ?? '');
    const cursor = Number(content['cursor_pos'] ?? [...code].length);
    switch (header.msg_type) {
      case 'execute_request':
        return this.aborted.delete(message) ? reply({ status: 'aborted' }) : this.execute(message);
      case 'kernel_info_request':
        return reply(kernelInfo());
      case 'complete_request':
        return reply(await this.cells.complete(code, cursor));
      case 'inspect_request':
        return reply(await this.cells.inspect(code, cursor));
      case 'is_complete_request':
        return reply(await this.cells.isComplete(code));
      case 'history_request':
        return reply(this.history.answer(content));
      case 'comm_info_request':
        return reply(
          await this.engine.ask('commInfo', id, { target: content['target_name'] as string | undefined }),
        );
      case 'comm_open':
      case 'comm_msg':
      case 'comm_close': {
        const { buffers } = message;
        const { msg_type: type, session } = header;
        await this.engine.ask('comm', id, { type, content, buffers, session });
        return;
      }
      case 'shutdown_request':
      case 'interrupt_request':
        return this.control(message, this.sockets.shell);
      default:
        console.error(`convlens kernel: ${header.msg_type} is not supported; it gets no reply`);
    }
  }

  private async execute(message: Message) {
    const { content, header } = message;
    const code = String(content['code'] ?? '');
    const silent = content['silent'] === true;
    const store = !silent && content['store_history'] !== false && code.trim() !== '';
    if (store) this.count++;
    const count = this.count;
    this.latest = message;
    await this.stray;
    const expressions = (content['user_expressions'] ?? {}) as Record<string, string>;
    // The cell is being checked in parallel; its output comes later.
    const running = this.isOvertaken(message)
      ? INTERRUPTED
      : this.cells.run(header, code, count, placeOf(message));
    if (!silent) this.outbox.publish('execute_input', { code, execution_count: count }, message);
    const { error, result } = await running;
    if (result && !silent) {
      this.outbox.publish('execute_result', { execution_count: count, ...result }, message);
    }
    const evaluated = error ? {} : await this.cells.evaluate(header, expressions, count);
    const plain = result?.data['text/plain'];
    const output = typeof plain === 'string' ? plain : null;
    if (store) this.history.add(count, code, output);
    if (error && content['stop_on_error'] !== false) await this.abortQueued();
    if (error && !silent) this.outbox.publish('error', { ...error }, message);
    this.outbox.reply(
      this.sockets.shell,
      message,
      error
        ? { status: 'error', execution_count: count, ...error }
        : { status: 'ok', execution_count: count, user_expressions: evaluated, payload: [] },
    );
  }

  /** Whether a cell was sent before an interrupt that arrived first; both carry the clock of the same client. */
  private isOvertaken({ header }: Message): boolean {
    const { early } = this;
    this.early = undefined;
    return early?.session === header.session && Date.parse(header.date) <= Date.parse(early.date);
  }

  private async abortQueued() {
    await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    for (const message of this.queue) {
      if (message.header.msg_type === 'execute_request') this.aborted.add(message);
    }
  }

  private control(message: Message, socket: Inlet = this.sockets.control) {
    const { msg_type: type } = message.header;
    this.outbox.status('busy', message);
    if (type === 'interrupt_request') {
      this.interrupt(message.header);
      this.outbox.reply(socket, message, { status: 'ok' });
    } else if (type === 'shutdown_request') {
      this.outbox.reply(socket, message, { status: 'ok', restart: message.content['restart'] === true });
      this.stop();
    } else if (type === 'kernel_info_request') {
      this.outbox.reply(socket, message, kernelInfo());
    } else {
      const refusal = refusalOf(message);
      if (refusal) this.outbox.reply(socket, message, refusal);
    }
    this.outbox.status('idle', message);
  }

  private stop() {
    this.stopped = true;
    this.cells.stop();
    // The sockets linger until the last replies are sent.
    setTimeout(() => this.onStop(), 20);
  }

  private askInput(cell: string, question: Question) {
    if (this.parents.get(cell)?.content['allow_stdin'] === true) {
      this.inputs.ask(cell, question);
    } else {
      const refused = 'Cannot ask for input: this front end takes none.';
      this.engine.tell({ input: question.input, refused });
    }
  }

  private answerInput(message: Message) {
    if (message.header.msg_type !== 'input_reply') return;
    const input = this.inputs.answered(message);
    if (input !== undefined) this.engine.tell({ input, value: String(message.content['value'] ?? '') });
  }

  private relay(cell: string, { type, content, metadata, buffers }: Published) {
    const parent = this.parents.get(cell) ?? this.latest;
    this.outbox.publish(type, content, parent, metadata, buffers);
  }

  private engineDied({ message }: Error) {
    this.inputs.clear();
    if (this.latest) this.outbox.publish('stream', { name: 'stderr', text: `${message}\n` }, this.latest);
  }
}
