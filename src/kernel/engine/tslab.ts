import { Module } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';
import type { CheckedCell } from '../checker/protocol';
import { tslabFolder } from '../checker/snapshot';
import { Assignments } from './assignments';
import { CellSources } from './cell-sources';

/** What tslab's executor is for this kernel; what it knows of the language it asks its converters. */
interface Executor {
  /** @returns whether the cell came to its end */
  execute(source: string): Promise<boolean>;
  interrupt(): void;
  /** All variables of all cells. */
  locals: object;
}

/** What a cell came to: its value, or what was thrown. */
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
   * Runs a cell in which the checker found nothing wrong.
   *
   * @param count its number, by which its lines are named
   */
  async execute(cell: CheckedCell, count: number): Promise<Outcome> {
    const outcome: Outcome = { ran: false };
    Object.assign(this, { cell, count, outcome });
    // The source matters to the converters only.
    outcome.ran = await this.executor.execute('');
    return outcome;
  }

  /** Ends a cell that awaits. */
  interrupt(): void {
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
