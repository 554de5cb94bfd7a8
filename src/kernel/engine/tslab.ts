import { join } from 'node:path';
import vm from 'node:vm';
import { Assignments } from './assignments';
import { CellSources } from './cell-sources';
import type { Converter } from './checker';
import { converterThread } from './converter';
import { tslabFolder } from './snapshot';

/** A position in code: line and character count from 0, offset in UTF-16 units. */
interface Position {
  offset: number;
  line: number;
  character: number;
}

export interface Diagnostic {
  start: Position;
  end: Position;
  messageText: string;
  code: number;
  fileName?: string;
}

export interface Executor {
  execute(source: string): Promise<boolean>;
  inspect(source: string, position: number): QuickInfo | undefined;
  complete(source: string, position: number): { start: number; end: number; candidates: string[] };
  interrupt(): void;
  /** All variables of all cells. */
  locals: object;
}

type QuickInfo = object;
// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

export interface Engine {
  executor: Executor;
  /** When the type checker has read its libraries; a question before that blocks this thread until then. */
  ready: Promise<void>;
  sources: CellSources;
  ts: Any;
  printQuickInfo(info: QuickInfo): string;
  /** Whether a cell defines a module or is meant for a browser (`@module`, `@browser`). */
  hasDirective(code: string): boolean;
  /** tslab's own way to the front end, as its `display` uses it. */
  setDisplay(
    write: (content: { data: object; metadata: object; transient: object }, update: boolean) => void,
  ): void;
}

/** What the last cell came to: its value, what the checker said, or what was thrown. */
export interface Outcome {
  value?: { value: unknown };
  thrown?: { value: unknown };
  diagnostics: Diagnostic[];
}

/**
 * Starts tslab's engine: cells run in this thread, the type checker in one beside it.
 *
 * @param outcome filled while a cell runs
 */
export function startEngine(outcome: () => Outcome): Engine {
  const dist = tslabFolder();
  const fromTslab = (name: string): Any => require(join(dist, name));
  const sources = new CellSources();
  const { createExecutor } = fromTslab('executor');
  const { getCodeMetadata } = fromTslab('metadata');
  const jupyter = fromTslab('jupyter');
  let module = '';
  const { converter, ready } = converterThread(dist, ({ input, map }) => {
    module = input;
    sources.converted(input, map);
  });
  const converters = { node: watched(converter, outcome), browser: undefined, close() {} };
  const executor = createExecutor(process.cwd(), converters, {
    log: (value: unknown) => {
      outcome().value = { value };
    },
    error: (...args: unknown[]) => {
      // A diagnostic comes with a format and four values; those are taken from the converter itself.
      if (args.length === 1) outcome().thrown = { value: args[0] };
    },
  });
  const ts = require(require.resolve('@tslab/typescript-for-tslab', { paths: [dist] }));
  const assignments = new Assignments(ts, executor.locals);
  nameCells(sources, (code) => assignments.follow(code, module));
  return {
    executor,
    ready,
    sources,
    ts,
    printQuickInfo: fromTslab('inspect').printQuickInfo,
    hasDirective: (code) => Object.keys(getCodeMetadata(code)).length > 0,
    setDisplay(write) {
      jupyter.lastWriteDisplayData = write;
    },
  };
}

function watched(converter: Converter, outcome: () => Outcome): Converter {
  return {
    ...converter,
    convert(previous: string, source: string) {
      const converted = converter.convert(previous, source);
      outcome().diagnostics = converted.diagnostics;
      return converted;
    },
  };
}

/** Each cell is run under a file name of its own, so that a stack says which cell a line is in. */
function nameCells(sources: CellSources, prepare: (code: string) => string) {
  const run = vm.runInThisContext;
  vm.runInThisContext = ((code: string, options: vm.RunningCodeOptions) =>
    options?.breakOnSigint
      ? run(prepare(code), { ...options, filename: sources.began(code) })
      : run(code, options)) as typeof run;
}
