import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newConnection } from '../../src/jupyter/connection';
import { type ClientSockets, connectClient } from '../../src/jupyter/sockets';
import { type Content, decode, encode, type Message, newHeader } from '../../src/jupyter/wire';
import { type Case, choose, type Edit, editBytes } from './edit';
import { editedJson } from './json';

type Channel = 'shell' | 'control' | 'stdin';

/** Requests that are right, by the names of their types and the sockets they go to. */
const REQUESTS: [Channel, string, Content][] = [
  [
    'shell',
    'execute_request',
    { code: '6 * 7', silent: false, store_history: true, user_expressions: { a: '1' } },
  ],
  ['shell', 'complete_request', { code: 'Math.ma', cursor_pos: 7 }],
  ['shell', 'inspect_request', { code: 'Math.max', cursor_pos: 8, detail_level: 0 }],
  ['shell', 'is_complete_request', { code: 'const a = (' }],
  [
    'shell',
    'history_request',
    { hist_access_type: 'search', pattern: '*7', n: 3, output: true, unique: true },
  ],
  ['shell', 'comm_info_request', { target_name: 'x' }],
  ['shell', 'kernel_info_request', {}],
  ['shell', 'comm_open', { comm_id: 'c', target_name: 'x', data: {} }],
  ['shell', 'comm_msg', { comm_id: 'c', data: { method: 'update', state: { value: 1 } } }],
  ['control', 'debug_request', { command: 'x', seq: 1 }],
  ['control', 'kernel_info_request', {}],
  ['stdin', 'input_reply', { value: 'x' }],
];

/** What the kernel answers, and may be made to end for. */
const ENDING = /shutdown|interrupt/;
const CANARY = 'executed';

/** A real kernel that is sent messages of any kind. */
export class Wire {
  private readonly seen: Message[] = [];

  private constructor(
    private readonly child: ChildProcess,
    private readonly sockets: ClientSockets,
    private readonly key: string,
    private readonly folder: string,
  ) {
    for (const socket of [sockets.shell, sockets.control, sockets.stdin, sockets.iopub])
      void this.listen(socket);
  }

  static async start(folder: string): Promise<Wire> {
    const connection = await newConnection('convlens');
    const file = join(folder, 'connection.json');
    writeFileSync(file, JSON.stringify(connection));
    const main = join(__dirname, '..', '..', 'src', 'kernel', 'main.js');
    const endWithParent = join(__dirname, '..', '..', 'src', 'jupyter', 'end-with-parent.js');
    const child = spawn(process.execPath, ['-r', endWithParent, main, file], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    });
    const sockets = connectClient(connection);
    await sockets.connected;
    const wire = new Wire(child, sockets, connection.key, folder);
    await wire.right('shell', 'execute_request', { code: '1' });
    return wire;
  }

  /** Resident set of the kernel in bytes. */
  get memory(): number {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))![1]);
  }

  /** Sends what was made of a request: it is answered, or dropped when it is no message of this session. */
  async try({ base, edits }: Case): Promise<void> {
    const [channel, type, content] = choose(REQUESTS, base);
    const frames = this.damaged(type, content, edits);
    const message = decode(frames, this.key);
    const known =
      message && REQUESTS.some(([at, name]) => at === channel && name === message.header.msg_type);
    if (message && ENDING.test(message.header.msg_type)) return;
    this.seen.length = 0;
    const canary = join(this.folder, CANARY);
    rmSync(canary, { force: true });
    void this.sockets[channel].send(frames);
    // Of two requests on one socket the first is answered first; so is one on a socket of its own.
    await this.right(channel === 'stdin' ? 'shell' : channel, 'kernel_info_request', {});
    const answers = this.seen.filter(({ parent }) => message && parent.msg_id === message.header.msg_id);
    if (known && /_request$/.test(message.header.msg_type) && !message.identities.length) {
      const reply = message.header.msg_type.replace(/_request$/, '_reply');
      assert.ok(
        answers.some(({ header }) => header.msg_type === reply),
        `no ${reply}`,
      );
    }
    if (!message) assert.is(this.seen.length, 3, `${this.seen.map(({ header }) => header.msg_type)}`);
    assert.is(this.child.exitCode, null, 'the kernel ended');
    assert.ok(isSigned(frames, this.key) || !existsSync(canary), 'what nobody signed was run');
  }

  end(): void {
    this.child.kill('SIGKILL');
    this.sockets.close();
  }

  /** Frames with other contents and a right signature; or with frames changed, doubled, gone after that. */
  private damaged(type: string, content: Content, edits: readonly Edit[]): Buffer[] {
    const [first] = edits;
    const unsigned = first!.op % 3 === 0;
    const code = unsigned ? { code: `require('fs').writeFileSync('${CANARY}', '')` } : {};
    const parts = {
      header: newHeader(type, 's'),
      parent: {},
      metadata: {},
      content: { ...content, ...code },
    };
    const changed = JSON.parse(editedJson(JSON.stringify(parts), edits.slice(unsigned ? 1 : 0)));
    const frames = encode(
      {
        ...{ header: null as never, parent: {}, metadata: {}, content: {} },
        ...(Object(changed) as typeof parts),
        identities: [],
        buffers: [],
      },
      unsigned && first!.op % 2 ? 'another key' : this.key,
    );
    return unsigned && first!.op % 2 === 0 ? edits.reduce(editFrames, frames) : frames;
  }

  /** A request that is right, which must be answered. */
  private async right(channel: Channel, type: string, content: Content): Promise<void> {
    const header = newHeader(type, 's');
    const message = { identities: [], header, parent: {}, metadata: {}, content, buffers: [] };
    void this.sockets[channel].send(encode(message, this.key));
    const mine = ({ parent }: Message) => parent.msg_id === header.msg_id;
    const idle = (m: Message) => mine(m) && m.content['execution_state'] === 'idle';
    const answered = (m: Message) => mine(m) && m.header.msg_type.endsWith('_reply');
    while (!this.seen.some(idle) || !this.seen.some(answered))
      await new Promise((next) => setTimeout(next, 1));
  }

  private async listen(socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      const message = decode(frames, this.key);
      if (message) this.seen.push(message);
    }
  }
}

/** By the protocol's own rule, whatever the kernel's code makes of it; who sent it and buffers are not signed. */
function isSigned(frames: Buffer[], key: string): boolean {
  const at = frames.findIndex((frame) => frame.toString() === '<IDS|MSG>');
  const signed = Buffer.concat(frames.slice(at + 2, at + 6));
  return at >= 0 && frames[at + 1]?.toString() === createHmac('sha256', key).update(signed).digest('hex');
}

function editFrames(frames: Buffer[], edit: Edit): Buffer[] {
  const { op, at, value } = edit;
  const index = at % frames.length;
  const changes = [
    () => frames.splice(index, 1, Buffer.alloc(0)),
    () => frames.length > 1 && frames.splice(index, 1),
    () => frames.splice(value % frames.length, 0, frames[index]!),
    () => frames.splice(index, 1, Buffer.alloc(value % 5_000_000, 0x5b)),
    () => frames[index]!.length && frames.splice(index, 1, editBytes(Buffer.from(frames[index]!), edit)),
  ];
  choose(changes, op >> 2)();
  return frames;
}
