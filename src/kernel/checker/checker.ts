import path from 'node:path';
import { declarationsOf } from './declarations';
import { withoutExports } from './exports';
import { isComplete } from './is-complete';
import { LocalFiles } from './local-files';
import type { ModuleLoader } from './module-loader';
import { advice } from './packages';
import type { ParsedFiles } from './parsed-files';
import { plainLinks } from './plain-links';
import { Programs } from './programs';
import type { Answer, CheckedCell, Diagnostic, Method, Question, Questions } from './protocol';
import { awaitsAtTopLevel, PREFIX } from './top-level-await';
import { type Emitted, patchTypeScript } from './typescript';

// biome-ignore lint/suspicious/noExplicitAny: the shapes are tslab's
type Any = any;

/** TypeScript's codes for a missing module. */
const NO_MODULE = new Set([2307, 2732, 2792]);
/** TypeScript's code for an undeclared name. */
const NO_NAME = 2304;
const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)/;

/** A diagnostic; for a missing module, or `exit`, it ends with what to do. */
function withAdvice(diagnostic: Diagnostic): Diagnostic {
  const { code, messageText, fileName } = diagnostic;
  // Python users type these to leave a console.
  if (code === NO_NAME && /^Cannot find name '(exit|quit)'/.test(messageText)) {
    return { ...diagnostic, messageText: `${messageText} To leave the console, press Ctrl-D.` };
  }
  const name = NO_MODULE.has(code) && /^Cannot find module '([^']+)'/.exec(messageText)?.[1];
  if (!name) return diagnostic;
  const folder = fileName ? path.resolve(path.dirname(fileName)) : process.cwd();
  return { ...diagnostic, messageText: messageText + advice(name, folder) };
}

/** Loads TypeScript and tslab's converter once, and makes type checkers with them. */
export class Checkers {
  readonly local = new LocalFiles();
  readonly ts: Any;
  readonly programs: Programs;
  readonly look: () => boolean;
  readonly createConverter: (options: object) => Any;
  readonly metadataOf: (code: string) => CheckedCell['metadata'];
  readonly printInfo: (info: object) => string;
  /** The last transpiled code: a cell's code comes after that of the modules it imports. */
  emitted: Emitted | undefined;

  /** @param dist tslab's folder of modules */
  constructor(loader: ModuleLoader, dist: string, parsed: ParsedFiles) {
    const file = loader.resolve('@tslab/typescript-for-tslab', dist);
    this.ts = loader.load(file);
    this.programs = new Programs(this.ts);
    const { exports, look } = patchTypeScript(this.ts, {
      local: this.local,
      parsed,
      programs: this.programs,
      emitted: (code) => (this.emitted = code),
    });
    loader.replace(file, exports);
    this.look = look;
    const fromTslab = (name: string) => loader.load(path.join(dist, `${name}.js`));
    this.createConverter = fromTslab('converter').createConverter;
    this.metadataOf = fromTslab('metadata').getCodeMetadata;
    this.printInfo = fromTslab('inspect').printQuickInfo;
  }

  /** @returns a checker for the cells of a notebook in the current folder */
  start(): Checker {
    return new Checker(this);
  }
}

type Answers = { [K in Method]: (ask: Questions[K]['ask']) => Questions[K]['answer'] };

/** The type checker of one notebook. */
export class Checker implements Answers {
  private readonly converter: Any;
  private missing = false;
  /** The last questions and answers, valid until a file changes. */
  private readonly last = new Map<Method, { asked: string; answer: Answer }>();

  constructor(private readonly shared: Checkers) {
    this.converter = shared.createConverter({});
  }

  answer({ method, ask }: Question): Answer {
    try {
      if (this.shared.look()) this.last.clear();
      // Cells are often run again, and front ends repeat questions at each move of the cursor.
      const asked = JSON.stringify(ask);
      const last = this.last.get(method);
      if (last?.asked === asked) return last.answer;
      const answer = { value: this[method](ask as never) };
      // Not cached: modules that a cell defines or imports are emitted only once, and a missing one may appear.
      const converted = (answer.value as Partial<CheckedCell> | null)?.converted;
      const lasts = method === 'check' ? converted && !converted.sideOutputs : true;
      if (lasts && !this.missing) this.last.set(method, { asked, answer });
      else this.last.clear();
      return answer;
    } catch (error) {
      return { failure: (error as Error).stack ?? String(error) };
    }
  }

  check({ declared, code: written }: Questions['check']['ask']): CheckedCell {
    const { ts } = this.shared;
    const metadata = this.shared.metadataOf(written);
    const cell: CheckedCell = { metadata, diagnostics: [], prefixed: 0, maps: [], variables: [], names: [] };
    if (metadata.mode === 'browser') return cell;
    if (metadata.module !== undefined) {
      return { ...cell, diagnostics: this.converter.addModule(metadata.module, written, metadata) };
    }
    if (this.missing) this.shared.local.lookForMissing();
    const code = withoutExports(ts, written);
    const prefix = awaitsAtTopLevel(ts, code) ? PREFIX : '';
    const converted = this.shared.programs.convert(() => this.converter.convert(declared, prefix + code));
    const diagnostics: Diagnostic[] = converted.diagnostics.map(withAdvice);
    this.missing = diagnostics.some(({ code }) => NO_MODULE.has(code));
    const checked = { ...cell, converted, diagnostics, prefixed: prefix.length };
    if (!converted.output) return checked;
    const { module, map } = this.shared.emitted!;
    const inline = INLINE_MAP.exec(module.text)?.[1];
    return { ...checked, maps: inline ? [map, inline] : [], ...declarationsOf(ts, module) };
  }

  complete({ declared, code, cursor }: Questions['complete']['ask']): Questions['complete']['answer'] {
    // The other properties of a completion are not plain data.
    const { start, end, candidates } = this.converter.complete(declared, code, cursor);
    return { start, end, candidates };
  }

  inspect({ declared, code, cursor }: Questions['inspect']['ask']): string | null {
    // A cursor right after a name means the name.
    for (const at of cursor > 0 ? [cursor, cursor - 1] : [cursor]) {
      const info = this.converter.inspect(declared, code, at);
      if (info) return this.shared.printInfo(plainLinks(info));
    }
    return null;
  }

  isComplete({ code }: Questions['isComplete']['ask']): Questions['isComplete']['answer'] {
    return isComplete(this.shared.ts, code);
  }

  close(): void {
    this.converter.close();
  }
}
