import { Module } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';
import type { CheckedCell } from '../checker/protocol';
import { tslabFolder } from '../checker/snapshot';
import { Assignments } from './assignments';
import { CellSources } from './cell-sources';

/** The part of tslab's executor that this kernel uses. */
interface Executor {
  /** @returns whether the cell ran to its end */
  execute(source: string): Promise<boolean>;
  interrupt(): void;
  /** All variables of all cells. */
  locals: object;
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
  private readonly executor: Executor;
  private cell!: CheckedCell;
  private count = 0;
  private outcome: Outcome = { ran: false };

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
    };
    const converters = { node: answers, browser: answers, close() {} };
    this.executor = createExecutor(process.cwd(), converters, {
      log: (value: unknown) => {
        this.outcome.value = { value };
      },
      error: (thrown: unknown) => {
        this.outcome.thrown = { value: thrown };
      },
    });
    this.nameCells(new Assignments(this.executor.locals));
  }

  /**
   * Runs a cell that passed the checker.
   *
   * @param count its number, by which its lines are named
   */
  async execute(cell: CheckedCell, count: number): Promise<Outcome> {
    const outcome: Outcome = { ran: false };
    Object.assign(this, { cell, count, outcome });
    // Only the converters read the source.
    outcome.ran = await this.executor.execute('');
    return outcome;
  }

  /** Interrupts a cell that awaits. */
  interrupt(): void {
    this.executor.interrupt();
  }

  /** Runs each cell under its own file name, so that a stack names the cell of a line. */
  private nameCells(assignments: Assignments) {
    const run = vm.runInThisContext;
    vm.runInThisContext = ((code: string, options: vm.RunningCodeOptions) => {
      if (!options?.breakOnSigint) return run(code, options);
      const filename = this.sources.began(this.count, code, this.cell);
      return run(assignments.follow(code, this.cell), { ...options, filename });
    }) as typeof run;
  }
}

/** Replaces the exports of a module, as if it had been loaded. */
function standIn(file: string, exports: object) {
  require.cache[file] = Object.assign(new Module(file), { exports, filename: file, loaded: true });
}
