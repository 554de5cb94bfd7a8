import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { CellSources } from './cell-sources';

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

interface Converted {
  diagnostics: Diagnostic[];
  [key: string]: unknown;
}

interface Converter {
  convert(previous: string, source: string): Converted;
  close(): void;
  [key: string]: unknown;
}

export interface Executor {
  execute(source: string): Promise<boolean>;
  inspect(source: string, position: number): QuickInfo | undefined;
  complete(source: string, position: number): { start: number; end: number; candidates: string[] };
  interrupt(): void;
}

type QuickInfo = object;
// biome-ignore lint/suspicious/noExplicitAny: tslab ships its own TypeScript, whose types are not ours
type Any = any;

export interface Engine {
  executor: Executor;
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
 * Starts tslab's engine in this process, with source maps, which stock tslab leaves out.
 *
 * @param outcome filled while a cell runs
 */
export function startEngine(outcome: () => Outcome): Engine {
  const dist = dirname(require.resolve('tslab'));
  const fromTslab = (name: string): Any => require(join(dist, name));
  const sources = new CellSources();
  const ts = patchTypeScript(dist, sources);
  const { createConverter } = fromTslab('converter');
  const { createExecutor } = fromTslab('executor');
  const { getCodeMetadata } = fromTslab('metadata');
  const jupyter = fromTslab('jupyter');
  const converters = { node: watched(createConverter({}), outcome), browser: undefined, close() {} };
  const executor = createExecutor(process.cwd(), converters, {
    log: (value: unknown) => {
      outcome().value = { value };
    },
    error: (...args: unknown[]) => {
      // A diagnostic comes with a format and four values; those are taken from the converter itself.
      if (args.length === 1) outcome().thrown = { value: args[0] };
    },
  });
  nameCells(sources);
  return {
    executor,
    sources,
    ts,
    printQuickInfo: fromTslab('inspect').printQuickInfo,
    hasDirective: (code) => Object.keys(getCodeMetadata(code)).length > 0,
    setDisplay(write) {
      jupyter.lastWriteDisplayData = write;
    },
  };
}

/** Gives tslab a TypeScript that writes source maps, and an `input` that cells may call. */
function patchTypeScript(dist: string, sources: CellSources): Any {
  const path = require.resolve('@tslab/typescript-for-tslab', { paths: [dist] });
  const ts = require(path);
  const globals = join(__dirname, 'globals.d.ts').replaceAll('\\', '/');
  const patched = {
    ...ts,
    createWatchCompilerHost: (files: string[], options: object, ...rest: unknown[]) =>
      ts.createWatchCompilerHost([...files, globals], { ...options, inlineSourceMap: true }, ...rest),
    transpileModule(input: string, options: Any) {
      const compilerOptions = { ...options.compilerOptions, sourceMap: true };
      const output = ts.transpileModule(input, { ...options, compilerOptions });
      sources.converted(input, output.sourceMapText);
      return { ...output, outputText: output.outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n') };
    },
  };
  require.cache[path]!.exports = patched;
  return patched;
}

function watched(converter: Converter, outcome: () => Outcome): Converter {
  return {
    ...converter,
    convert(previous, source) {
      const converted = converter.convert(previous, source);
      outcome().diagnostics = converted.diagnostics;
      return converted;
    },
  };
}

/** Each cell is run under a file name of its own, so that a stack says which cell a line is in. */
function nameCells(sources: CellSources) {
  const run = vm.runInThisContext;
  vm.runInThisContext = ((code: string, options: vm.RunningCodeOptions) =>
    options?.breakOnSigint
      ? run(code, { ...options, filename: sources.began(code) })
      : run(code, options)) as typeof run;
}
