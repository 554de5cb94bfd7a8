import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Firefox by its own protocol, WebDriver BiDi: as much of it as a page needs that is opened, asked and looked at. */
export interface Firefox {
  open(url: string): Promise<void>;
  /** Evaluates an expression in the page, whose value or promise is JSON. */
  ask<Value>(expression: string): Promise<Value>;
  /** Presses keys one after another; of several characters those of WebDriver, such as `\uE008` for Shift. */
  keys(...keys: readonly string[]): Promise<void>;
  shoot(path: string): Promise<void>;
  end(): Promise<void>;
}

/** @param program its path, which scripts/test-lab.mjs found */
export async function startFirefox(program: string): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), 'convlens-firefox-'));
  const options = [
    '--headless',
    '--no-remote',
    '--profile',
    profile,
    '--remote-debugging-port',
    '0',
    'about:blank',
  ];
  const child = spawn(program, options, {
    // Without a home of its own it writes into the user's.
    env: { ...process.env, HOME: profile },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const socket = await connect(`${await addressOf(child)}/session`);
  await socket.send('session.new', { capabilities: {} });
  const { contexts } = (await socket.send('browsingContext.getTree', {})) as {
    contexts: { context: string }[];
  };
  const { context } = contexts[0]!;
  return {
    async open(url) {
      await socket.send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async ask<Value>(expression: string) {
      const { result, exceptionDetails } = (await socket.send('script.evaluate', {
        expression: `(async () => JSON.stringify(await (${expression})))()`,
        target: { context },
        awaitPromise: true,
      })) as { result?: { value?: string }; exceptionDetails?: { text: string } };
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return (result?.value === undefined ? undefined : JSON.parse(result.value)) as Value;
    },
    async keys(...keys) {
      const actions = keys.flatMap((key) => {
        const [held, value] = key.length > 1 ? [key[0], key.slice(1)] : [undefined, key];
        const press = [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ];
        return held ? [{ type: 'keyDown', value: held }, ...press, { type: 'keyUp', value: held }] : press;
      });
      await socket.send('input.performActions', { context, actions: [{ type: 'key', id: 'keys', actions }] });
    },
    async shoot(path) {
      const { data } = (await socket.send('browsingContext.captureScreenshot', { context })) as {
        data: string;
      };
      writeFileSync(path, Buffer.from(data, 'base64'));
    },
    async end() {
      socket.close();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The address that Firefox says on its error output. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr!.on('data', (data) => {
      said += data;
      const address = /WebDriver BiDi listening on ws:\/\/(\S+)/.exec(said)?.[1];
      if (address) resolve(address);
    });
    child.once('exit', () => reject(new Error(`Firefox ended: ${said}`)));
  });
}

interface Connection {
  send(method: string, params: object): Promise<unknown>;
  close(): void;
}

/** A WebSocket of text messages (RFC 6455), which Node 20 has no client for. */
async function connect(address: string): Promise<Connection> {
  const socket = await upgrade(address);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let received = Buffer.alloc(0);
  let text = '';
  let last = 0;
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    for (let frame = frameOf(received); frame; frame = frameOf(received)) {
      received = received.subarray(frame.end);
      text += frame.text;
      if (!frame.isLast) continue;
      const { id, result, error, message } = JSON.parse(text);
      text = '';
      const asked = waiting.get(id);
      waiting.delete(id);
      if (error) asked?.reject(new Error(`${error}: ${message}`));
      else asked?.resolve(result);
    }
  });
  return {
    send: (method, params) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        socket.write(maskedFrame(JSON.stringify({ id: last, method, params })));
      }),
    close: () => socket.destroy(),
  };
}

function upgrade(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    };
    request(`http://${address}`, { headers })
      .once('upgrade', (_, socket) => resolve(socket as Socket))
      .once('response', ({ statusCode }) => reject(new Error(`Firefox answers ${statusCode}`)))
      .once('error', reject)
      .end();
  });
}

/** The first whole frame of some bytes; a server's frames have no mask. */
function frameOf(bytes: Buffer): { text: string; isLast: boolean; end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 127;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const end = start + length;
  if (bytes.length < end) return undefined;
  return { text: bytes.toString('utf8', start, end), isLast: bytes[0]! >= 128, end };
}

function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  head[1] = 128 | (payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, mask, payload.map((byte, i) => byte ^ mask[i % 4]!)]);
}
