import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What this client asks for and can read, in the words of the language server protocol 3.17. */
const CAPABILITIES = {
  textDocument: {
    diagnostic: { relatedInformation: true },
    completion: { completionItem: { documentationFormat: ['plaintext'] } },
    hover: { contentFormat: ['markdown'] },
    signatureHelp: {
      signatureInformation: {
        documentationFormat: ['plaintext'],
        activeParameterSupport: true,
        parameterInformation: { labelOffsetSupport: true },
      },
    },
  },
  workspace: { configuration: true },
};

/** With auto-imports, each change would make the server list all exports of all packages: 30 ms per cell, and 60 MB. */
const SETTINGS = { suggest: { autoImports: false } };

/** The program: TypeScript 7 has a package for each platform. */
export function compilerFile(): string {
  const own = createRequire(require.resolve('typescript-7/package.json'));
  const platform = `@typescript/typescript-${process.platform}-${process.arch}`;
  const name = process.platform === 'win32' ? 'tsc.exe' : 'tsc';
  return join(dirname(own.resolve(`${platform}/package.json`)), 'lib', name);
}

/** TypeScript's language server, a process of its own. */
export class LanguageServer {
  private readonly child: ChildProcess;
  private readonly waiting = new Map<
    number,
    { resolve(answer: unknown): void; reject(error: Error): void }
  >();
  private received = Buffer.alloc(0);
  private next = 1;
  private ended: Error | undefined;
  /** Messages that wait until the server has answered the first one. */
  private early: object[] | undefined = [];

  /**
   * @param folder its working directory
   * @param onEnd called when the process has ended by itself
   */
  constructor(folder: string, onEnd: () => void) {
    this.child = spawn(compilerFile(), ['--lsp', '--stdio'], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: process.env,
    });
    this.child.stdout!.on('data', (data: Buffer) => this.receive(data));
    this.child.stdin!.on('error', () => {});
    this.child.on('error', (error) => this.end(error.message));
    this.child.on('close', (code, signal) => {
      if (this.ended) return;
      this.end(`it ended with ${signal ?? `exit code ${code}`}`);
      onEnd();
    });
    const client = {
      processId: process.pid,
      rootUri: pathToFileURL(folder).href,
      capabilities: CAPABILITIES,
    };
    this.ask('initialize', client).then(
      () => {
        const early = this.early!;
        this.early = undefined;
        this.tell('initialized', {});
        for (const message of early) this.send(message);
      },
      () => {},
    );
  }

  /** @throws when the server cannot answer, or has ended */
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own answer
  ask(method: string, params: object): Promise<any> {
    if (this.ended) return Promise.reject(this.ended);
    const id = this.next++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.tell(method, params, id);
    });
  }

  /** @param id of a question */
  tell(method: string, params: object, id?: number): void {
    const message = { id, method, params };
    if (this.early && method !== 'initialize') this.early.push(message);
    else this.send(message);
  }

  /** Ends the process; pending questions are rejected. */
  kill(reason: string): void {
    this.end(reason);
    this.child.kill('SIGKILL');
  }

  private end(reason: string) {
    this.ended ??= new Error(`Cannot check the cell: the type checker is gone (${reason}).`);
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(this.ended);
  }

  private send(message: object) {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.child.stdin!.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  private receive(data: Buffer) {
    this.received = Buffer.concat([this.received, data]);
    for (;;) {
      const start = this.received.indexOf('\r\n\r\n') + 4;
      if (start < 4) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.received.toString('latin1', 0, start))?.[1]);
      if (this.received.length < start + length) return;
      this.handle(JSON.parse(this.received.toString('utf8', start, start + length)));
      this.received = this.received.subarray(start + length);
    }
  }

  private handle(message: { id?: number; method?: string; params?: never; result?: unknown; error?: Error }) {
    const { id, method, params, result, error } = message;
    if (id === undefined) return;
    if (method) {
      // The server asks for settings, and whether it may watch files.
      const items = (params as { items?: unknown[] } | undefined)?.items;
      this.send({ id, result: items ? items.map(() => SETTINGS) : null });
      return;
    }
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result);
  }
}
