import { Module } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';
import { CheckerClient } from '../checker/client';
import type { CheckedCell, Diagnostic } from '../checker/protocol';
import { tslabFolder } from '../checker/snapshot';
import { Assignments } from './assignments';
import { CellSources } from './cell-sources';
import { Interrupted } from './failure';

/** What tslab's executor is for this kernel; what it knows of the language it asks its converters. */
interface Executor {
  execute(source: string): Promise<boolean>;
  /** What the converter's `inspect` says, which is given all that earlier cells declare. */
  inspect(source: string, position: number): string;
  interrupt(): void;
  /** All variables of all cells. */
  locals: object;
}

/** What a cell came to: its value, what the checker said, or what was thrown. */
export interface Outcome {
  value?: { value: unknown };
  thrown?: { value: unknown };
  diagnostics: Diagnostic[];
  /** Characters that were put before its first line. */
  prefixed: number;
}

type WriteDisplay = (content: { data: object; metadata: object; transient: object }, update: boolean) => void;

const UNCHECKED: CheckedCell = {
  metadata: {},
  diagnostics: [],
  prefixed: 0,
  maps: [],
  variables: [],
  names: [],
};

/** tslab's engine: cells run in this thread, their types are checked in another process. */
export class Engine {
  readonly checker = new CheckerClient();
  readonly sources = new CellSources();
  private readonly executor: Executor;
  private cell = UNCHECKED;
  private count = 0;
  private outcome: Outcome = { diagnostics: [], prefixed: 0 };
  private stopWaiting = (_reason: Error) => {};

  /** @param writeDisplay tslab's own way to the front end, as its `display` uses it */
  constructor(writeDisplay: WriteDisplay) {
    const dist = tslabFolder();
    // tslab's own modules of these names would load TypeScript, for 0.15 s and 45 MB.
    standIn(join(dist, 'metadata.js'), { getCodeMetadata: () => this.cell.metadata });
    standIn(join(dist, 'jupyter.js'), { lastWriteDisplayData: writeDisplay });
    const { createExecutor } = require(join(dist, 'executor'));
    const answers = {
      convert: () => this.cell.converted,
      addModule: () => this.cell.diagnostics,
      inspect: (declared: string) => declared,
    };
    const converters = { node: answers, browser: answers, close() {} };
    this.executor = createExecutor(process.cwd(), converters, {
      log: (value: unknown) => {
        this.outcome.value = { value };
      },
      error: (...args: unknown[]) => {
        // A diagnostic comes with a format and four values; those are taken from the checker itself.
        if (args.length === 1) this.outcome.thrown = { value: args[0] };
      },
    });
    this.nameCells(new Assignments(this.executor.locals));
  }

  /** What earlier cells declare, as tslab writes it. */
  declared(): string {
    this.cell = UNCHECKED;
    return this.executor.inspect('', 0);
  }

  /**
   * Checks a cell and runs it.
   *
   * @param count its number, by which its lines are named
   */
  async execute(code: string, count: number): Promise<Outcome> {
    const outcome: Outcome = { diagnostics: [], prefixed: 0 };
    let cell: CheckedCell;
    try {
      cell = await this.check(code);
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      return { ...outcome, thrown: { value: error } };
    }
    Object.assign(this, { cell, count, outcome });
    outcome.diagnostics = cell.diagnostics;
    outcome.prefixed = cell.prefixed;
    await this.executor.execute(code);
    return outcome;
  }

  private check(code: string): Promise<CheckedCell> {
    const stopped = new Promise<never>((_, reject) => (this.stopWaiting = reject));
    return Promise.race([this.checker.ask('check', { declared: this.declared(), code }), stopped]);
  }

  /** Ends the check of a cell, or a cell that awaits. */
  interrupt(): void {
    this.stopWaiting(new Interrupted());
    this.executor.interrupt();
  }

  /** Each cell is run under a file name of its own, so that a stack says which cell a line is in. */
  private nameCells(assignments: Assignments) {
    const run = vm.runInThisContext;
    vm.runInThisContext = ((code: string, options: vm.RunningCodeOptions) => {
      if (!options?.breakOnSigint) return run(code, options);
      const filename = this.sources.began(this.count, code, this.cell);
      return run(assignments.follow(code, this.cell), { ...options, filename });
    }) as typeof run;
  }
}

/** From now on a file exports this, as if it had been loaded. */
function standIn(file: string, exports: object) {
  require.cache[file] = Object.assign(new Module(file), { exports, filename: file, loaded: true });
}
