import { Module } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';
import { type Compiled, type CompiledCell, compileCell } from '../../javascript/compile';
import type { Require } from '../../javascript/rewrite';
import { UserConfig } from '../user-config';
import { CellSources } from './cell-sources';
import { LocalModules } from './local-modules';

/** The part of tslab's executor that this kernel uses. */
interface Executor {
  /** @returns whether the cell ran to its end */
  execute(source: string): Promise<boolean>;
  interrupt(): void;
}

/** The outcome of a cell: its value, or what it threw. */
export interface Outcome {
  value?: { value: unknown };
  thrown?: { value: unknown };
  ran: boolean;
}

type WriteDisplay = (content: { data: object; metadata: object; transient: object }, update: boolean) => void;

/** tslab's engine: runs cells that were checked in another process. */
export class Engine {
  readonly sources = new CellSources();
  readonly modules: LocalModules;
  /** All variables of all cells, as getters and setters of the cells that declare them. */
  readonly variables: Record<string, unknown> = Object.create(null);
  private readonly executor: Executor;
  private readonly config = new UserConfig(process.cwd());
  private cell!: CompiledCell;
  private count = 0;
  private outcome: Outcome = { ran: false };

  /**
   * @param writeDisplay tslab's own way to the front end, as its `display` uses it
   * @param resumed called by the user's code after each `await`
   */
  constructor(writeDisplay: WriteDisplay, resumed: Require['resumed']) {
    const dist = dirname(require.resolve('tslab'));
    // tslab's own modules of these names would load TypeScript, for 0.15 s and 45 MB.
    standIn(join(dist, 'metadata.js'), { getCodeMetadata: () => ({}) });
    standIn(join(dist, 'jupyter.js'), { lastWriteDisplayData: writeDisplay });
    const { createExecutor } = require(join(dist, 'executor'));
    const convert = () => ({
      diagnostics: [],
      output: this.cell.code,
      hasToplevelAwait: this.cell.awaits,
    });
    const converters = { node: { convert }, browser: {}, close() {} };
    this.executor = createExecutor(process.cwd(), converters, {
      error: (thrown: unknown) => {
        this.outcome.thrown = { value: thrown };
      },
    });
    const tslab = (globalThis as unknown as { __tslab__: { exports: object; require: Require } }).__tslab__;
    const compiled = (file: string, code: Compiled) => this.sources.add(file, code);
    this.modules = new LocalModules(process.cwd(), tslab.require, this.config, compiled, resumed);
    tslab.exports = this.variables;
    Object.defineProperty(tslab, 'require', { get: () => this.requireOf(this.outcome) });
    this.nameCells();
    this.sources.writeStacks();
  }

  /**
   * Makes JavaScript of a cell. It is the one that runs next.
   *
   * @throws {SyntaxError} when that is not possible
   */
  compile(code: string): CompiledCell {
    const { variables } = this;
    this.cell = compileCell(code, { has: (name) => name in variables }, this.config.options);
    return this.cell;
  }

  /**
   * Runs the cell that was compiled last.
   *
   * @param count its number, by which its lines are named
   */
  async execute(count: number): Promise<Outcome> {
    const outcome: Outcome = { ran: false };
    Object.assign(this, { count, outcome });
    this.modules.refresh();
    await this.modules.prepare(this.cell.modules);
    // Only the converters read the source.
    outcome.ran = await this.executor.execute('');
    return outcome;
  }

  /** Interrupts a cell that awaits. */
  interrupt(): void {
    this.executor.interrupt();
  }

  private requireOf(outcome: Outcome): Require {
    return this.modules.forCell({
      // As in tslab, a failed cell declares nothing; one that was interrupted may still get here.
      declare: (names) => {
        if (this.outcome === outcome && !outcome.thrown) {
          Object.defineProperties(this.variables, Object.getOwnPropertyDescriptors(names));
        }
      },
      keep: (value) => {
        if (value !== undefined && value !== null) outcome.value = { value };
      },
    });
  }

  /** Runs each cell under its own file name, so that a stack names the cell of a line. */
  private nameCells() {
    const run = vm.runInThisContext;
    vm.runInThisContext = ((code: string, options: vm.RunningCodeOptions) => {
      if (!options?.breakOnSigint) return run(code, options);
      const filename = `cell[${this.count}]`;
      this.sources.add(filename, this.cell, code);
      return run(code, { ...options, filename });
    }) as typeof run;
  }
}

/** Replaces the exports of a module, as if it had been loaded. */
function standIn(file: string, exports: object) {
  require.cache[file] = Object.assign(new Module(file), { exports, filename: file, loaded: true });
}
