import path from 'node:path';
import { LocalFiles } from './local-files';
import type { ModuleLoader } from './module-loader';
import type { ParsedFiles } from './parsed-files';
import { type Emitted, patchTypeScript } from './typescript';

export interface Question {
  method: 'convert' | 'inspect' | 'complete' | 'addModule';
  args: unknown[];
}

export interface Answer {
  value?: unknown;
  failure?: string;
  /** What was emitted on the way, with its source maps. */
  emitted: Emitted[];
}

/** tslab's converter: it checks a cell's types and makes JavaScript of it. */
// biome-ignore lint/suspicious/noExplicitAny: the shapes are tslab's
export type Converter = Record<Question['method'], (...args: any[]) => any> & { close(): void };

/** What TypeScript calls a module that is not there. */
const NO_MODULE = new Set([2307, 2732, 2792]);

/** Loads TypeScript and tslab's converter, once, and makes type checkers of them. */
export class Checkers {
  private readonly local = new LocalFiles();
  private readonly create: (options: object) => Converter;
  private readonly look: () => void;
  private emitted: Emitted[] = [];

  /** @param dist tslab's folder of modules */
  constructor(loader: ModuleLoader, dist: string, parsed: ParsedFiles) {
    const file = loader.resolve('@tslab/typescript-for-tslab', dist);
    const { exports, look } = patchTypeScript(loader.load(file), {
      local: this.local,
      parsed,
      emitted: (code) => this.emitted.push(code),
    });
    loader.replace(file, exports);
    this.look = look;
    this.create = loader.load(path.join(dist, 'converter.js')).createConverter;
  }

  /** @returns what answers questions about the cells of a notebook in the current folder, one after the other */
  start(): { answer(question: Question): Answer; close(): void } {
    const converter = this.create({});
    let missing = false;
    return {
      answer: ({ method, args }) => {
        this.emitted = [];
        try {
          this.look();
          if (missing) this.local.lookForMissing();
          const value = converter[method](...args);
          if (method === 'convert')
            missing = value.diagnostics.some(({ code }: { code: number }) => NO_MODULE.has(code));
          // The rest of what TypeScript knows of a completion is no plain data.
          const plain =
            method === 'complete'
              ? { start: value.start, end: value.end, candidates: value.candidates }
              : value;
          return { value: plain, emitted: this.emitted };
        } catch (error) {
          return { failure: (error as Error).stack ?? String(error), emitted: this.emitted };
        }
      },
      close: () => converter.close(),
    };
  }
}
