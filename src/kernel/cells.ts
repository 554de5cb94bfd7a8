import type { Content, ErrorContent, Header } from '../jupyter/wire';
import type { CheckerClient } from './checker/client';
import type { CheckedCell } from './checker/protocol';
import { toPoints, toUnits } from './code-points';
import type { Executed } from './engine/protocol';
import { EngineGone, type EngineProcess } from './engine-process';
import { findingsOf } from './findings';

/** Milliseconds a check may go on after an interrupt; then its checker is ended, so that the next cell need not wait. */
const LONGEST_MS = 1000;

/** The user's interrupt; the name is the one that Jupyter's front ends know. */
class Interrupted extends Error {
  override name = 'KeyboardInterrupt';
  override message = 'the cell was interrupted';
}

/** The result of a cell that was interrupted before it started. */
export const INTERRUPTED: Pick<Executed, 'error' | 'result'> = { error: errorOf(new Interrupted()) };

/** Checks a notebook's cells in the type checker and runs them in the engine. */
export class Cells {
  /** Ends the check in progress, if there is one. */
  private stopWaiting: ((reason: Error) => void) | undefined;

  constructor(
    private readonly checker: CheckerClient,
    private readonly engine: EngineProcess,
  ) {}

  /**
   * Checks a cell and runs it.
   *
   * @param sent when the request was sent
   * @param count its number, by which its lines are named
   */
  async run(sent: Header, code: string, count: number): Promise<Pick<Executed, 'error' | 'result'>> {
    if (!code.trim()) return {};
    try {
      const cell = await this.check(code);
      const { converted, diagnostics, prefixed } = cell;
      if (diagnostics.length > 0) return { error: findingsOf(diagnostics, code, count, prefixed) };
      const { ran, ...outcome } = await this.engine.ask('execute', sent.msg_id, {
        cell,
        count,
        session: sent.session,
      });
      // As in tslab, a failed cell declares nothing.
      if (ran && converted) this.engine.declared = converted.declOutput ?? '';
      return outcome;
    } catch (failure) {
      return { error: errorOf(failure as Error) };
    }
  }

  /** Evaluates expressions by their names, as Jupyter's `user_expressions`. */
  async evaluate(sent: Header, expressions: Record<string, string>, count: number): Promise<Content> {
    const answers: Content = {};
    for (const [name, expression] of Object.entries(expressions)) {
      const { error, result } = await this.run(sent, `(${expression})`, count);
      answers[name] = error
        ? { status: 'error', ...error }
        : { status: 'ok', ...(result ?? { data: { 'text/plain': 'undefined' }, metadata: {} }) };
    }
    return answers;
  }

  /** @param cursor in code points; so is the answer's */
  async complete(code: string, cursor: number): Promise<Content> {
    const { declared } = this.engine;
    const asked = { declared, code, cursor: toUnits(code, cursor) };
    const { start, end, candidates } = await this.checker.ask('complete', asked);
    return {
      status: 'ok',
      matches: candidates,
      cursor_start: toPoints(code, start),
      cursor_end: toPoints(code, end),
      metadata: {},
    };
  }

  /** @param cursor in code points */
  async inspect(code: string, cursor: number): Promise<Content> {
    const { declared } = this.engine;
    const text = await this.checker.ask('inspect', { declared, code, cursor: toUnits(code, cursor) });
    return {
      status: 'ok',
      found: text !== null,
      data: text === null ? {} : { 'text/plain': text },
      metadata: {},
    };
  }

  isComplete(code: string): Promise<Content> {
    return this.checker.ask('isComplete', { code });
  }

  /** Interrupts the check of a cell, or else the engine. A signal would kill an engine that is still starting. */
  interrupt(): void {
    if (this.stopWaiting) this.stopWaiting(new Interrupted());
    else this.engine.interrupt();
  }

  stop(): void {
    this.checker.stop();
    this.engine.stop();
  }

  private async check(code: string): Promise<CheckedCell> {
    for (;;) {
      const { declared } = this.engine;
      const answer = this.checker.ask('check', { declared, code });
      const stopped = new Promise<never>((_, reject) => {
        this.stopWaiting = (reason) => {
          reject(reason);
          const late = setTimeout(() => this.checker.cancel(reason), LONGEST_MS);
          void answer.finally(() => clearTimeout(late)).catch(() => {});
        };
      });
      const checked = await Promise.race([answer, stopped]).finally(() => (this.stopWaiting = undefined));
      // The engine may have died meanwhile, with all declarations.
      if (this.engine.declared === declared) return checked;
    }
  }
}

function errorOf(failure: Error): ErrorContent {
  const { name, message: evalue } = failure;
  const ename = failure instanceof EngineGone && failure.interrupted ? 'KeyboardInterrupt' : name;
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
