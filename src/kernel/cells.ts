import type { Content, ErrorContent, Header } from '../jupyter/wire';
import type { Completions, Declarations, ParsedCell } from './answers/answer-types';
import { fileNames, layerNames, moduleNames, textAt } from './answers/text-completions';
import type { Checker } from './checker/checker';
import { toPoints, toUnits } from './code-points';
import { type CellCommands, Commands, commandsOf } from './commands';
import { commentTags } from './comment-tags';
import type { Executed } from './engine/engine-messages';
import { EngineGone, type EngineProcess } from './engine-process';
import { Interrupted, interrupted } from './interrupted';
import type { NotebookPlace } from './notebook-place';
import { typeScriptErrorOf } from './typescript-error';

/** Milliseconds a check may go on after an interrupt; then its checker is ended, so that the next cell need not wait. */
const LONGEST_MS = 1000;

/** What can stand in texts and comments only. */
const NEVER_CODE = '@@';
const TEXT_OR_COMMENT = /\/\/.*|\/\*[\s\S]*?\*\/|(['"`])(?:\\.|(?!\1).)*\1/g;

/** The result of a cell that was interrupted before it started. */
export const INTERRUPTED: Pick<Executed, 'error' | 'result'> = { error: interrupted() };

/** A cell that was checked, and may run in the engine in which it was compiled. */
interface Checked {
  error?: ErrorContent;
  parsed?: ParsedCell;
  declared: Declarations;
}

/** Checks a notebook's cells in the type checker and runs them in the engine. */
export class Cells {
  private readonly commands = new Commands();
  /** Ends the check in progress, if there is one. */
  private stopWaiting: ((reason: Error) => void) | undefined;

  constructor(
    private readonly checker: Checker,
    private readonly engine: EngineProcess,
  ) {}

  /**
   * Runs a cell's lines for the shell; then checks its code and runs it.
   *
   * @param sent when the request was sent
   * @param count its number, by which its lines are named
   * @param place the cell of the notebook, and cells that are gone
   */
  async run(
    sent: Header,
    cell: string,
    count: number,
    place: NotebookPlace = { deleted: [] },
  ): Promise<Pick<Executed, 'error' | 'result'>> {
    try {
      const { commands, code } = await this.split(sent, cell);
      for (const command of commands) {
        const error = await this.runCommand(sent, command);
        if (error) return { error };
      }
      return await this.runCode(sent, code, count, place);
    } catch (failure) {
      return { error: errorOf(failure as Error) };
    }
  }

  private async runCode(
    sent: Header,
    code: string,
    count: number,
    place: NotebookPlace,
  ): Promise<Pick<Executed, 'error' | 'result'>> {
    if (!code.trim()) return {};
    const { module, browser } = commentTags(code);
    if (browser) return {};
    if (module) return this.define(module, code, count);
    const { error, parsed, declared } = await this.check(sent, code, count);
    if (error) return { error };
    const { ran, ...outcome } = await this.engine.ask('execute', sent.msg_id, {
      count,
      session: sent.session,
      ...place,
    });
    // As in tslab, a failed cell declares nothing.
    if (ran && parsed) this.engine.declared = this.checker.keep(declared, code, parsed, count);
    return outcome;
  }

  /** A cell's lines for the shell. Where the whole is TypeScript, a `!` means "not". */
  private async split(sent: Header, cell: string): Promise<CellCommands> {
    const whole = { commands: [], code: cell };
    const split = commandsOf(cell);
    if (split.commands.length === 0) return whole;
    const isName = (command: string) => this.isName(command, split.code);
    const alone = split.commands.every((command) => /^[\w./~-]+$/.test(command)) && !split.code.trim();
    if (alone && !split.commands.some(isName)) return split;
    const parses = async (code: string) =>
      !('failed' in (await this.interruptible(this.engine.ask('compile', sent.msg_id, { code }))));
    const meant = (command: string) => /^\w/.test(command) && !isName(command);
    const sure = commandsOf(cell, meant);
    if (!(await parses(cell))) {
      for (const each of [sure, split])
        if (each.commands.length > 0 && (await parses(each.code))) return each;
      return whole;
    }
    // `!ls -l` is TypeScript, too, but only where something is called `ls`.
    const isStatement = sure.commands.length > 0 && (await parses(commandsOf(cell, meant, ';').code));
    return isStatement && !(await parses(commandsOf(cell, meant, NEVER_CODE).code)) ? sure : whole;
  }

  /** Whether a command begins with a name of JavaScript, of an earlier cell, or one that the code has. */
  private isName(command: string, code: string): boolean {
    const [name] = /^\w*/.exec(command.trim())!;
    if (!name) return false;
    if (this.engine.declared.has(name) || name in globalThis) return true;
    return new RegExp(`\\b${name}\\b`).test(code.replace(TEXT_OR_COMMENT, ''));
  }

  private async runCommand(sent: Header, command: string): Promise<ErrorContent | undefined> {
    const error = await this.commands.run(command, (name, text) =>
      this.engine.events?.publish(sent.msg_id, { type: 'stream', content: { name, text } }),
    );
    this.checker.packagesChanged();
    return error;
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
    const { start, end, items } = await this.completions(code, toUnits(code, cursor));
    const [from, to] = [toPoints(code, start), toPoints(code, end)];
    return {
      status: 'ok',
      matches: items.map(({ text }) => text),
      cursor_start: from,
      cursor_end: to,
      metadata: { _jupyter_types_experimental: items.map((item) => ({ ...item, start: from, end: to })) },
    };
  }

  private async completions(code: string, cursor: number): Promise<Completions> {
    const text = textAt(code, cursor);
    if (text?.kind === 'file') return fileNames(text, process.cwd());
    if (text?.kind === 'module') return moduleNames(text, process.cwd());
    if (text?.kind === 'layer') {
      const names = await this.engine.ask('layers', '', { code });
      if (names.length > 0) return layerNames(text, names);
    }
    return this.checker.complete(this.engine.declared, code, cursor);
  }

  /** @param cursor in code points */
  async inspect(code: string, cursor: number): Promise<Content> {
    const text = await this.checker.inspect(this.engine.declared, code, toUnits(code, cursor));
    return {
      status: 'ok',
      found: text !== null,
      data: text === null ? {} : { 'text/plain': text },
      metadata: {},
    };
  }

  async isComplete(cell: string): Promise<Content> {
    const { commands, code } = commandsOf(cell);
    if (commands.length > 0 && !code.trim()) return { status: 'complete' };
    const whole = await this.checker.isComplete(cell);
    const isCode = commands.length === 0 || whole.status !== 'invalid';
    return { ...(isCode ? whole : await this.checker.isComplete(code)) };
  }

  /** Interrupts the check of a cell, or else the engine. A signal would kill an engine that is still starting. */
  interrupt({ msg_id: cell }: Header): void {
    if (this.commands.interrupt()) return;
    if (this.stopWaiting) this.stopWaiting(new Interrupted());
    else this.engine.interrupt(cell);
  }

  stop(): void {
    this.commands.stop();
    this.checker.stop();
    this.engine.stop();
  }

  private async check(sent: Header, code: string, count: number): Promise<Checked> {
    for (;;) {
      const { declared } = this.engine;
      const compiled = await this.interruptible(this.engine.ask('compile', sent.msg_id, { code }));
      const parsed = 'failed' in compiled ? undefined : compiled;
      const found = await this.interruptible(this.checker.check(declared, code, parsed), this.endCheck);
      // The engine may have died meanwhile, with all declarations.
      if (this.engine.declared !== declared) continue;
      if (found.length > 0) return { error: typeScriptErrorOf(found, code, count), declared };
      if ('failed' in compiled) return { error: errorOf(new SyntaxError(compiled.failed)), declared };
      return { parsed, declared };
    }
  }

  private async define(module: string, code: string, count: number): Promise<Pick<Executed, 'error'>> {
    const found = await this.interruptible(this.checker.define(module, code), this.endCheck);
    if (found.length > 0) return { error: typeScriptErrorOf(found, code, count) };
    await this.engine.ask('define', '', { name: module, code });
    return {};
  }

  private async interruptible<T>(answer: Promise<T>, late = () => {}): Promise<T> {
    const stopped = new Promise<never>((_, reject) => {
      this.stopWaiting = (reason) => {
        reject(reason);
        const timer = setTimeout(late, LONGEST_MS);
        void answer.finally(() => clearTimeout(timer)).catch(() => {});
      };
    });
    try {
      return await Promise.race([answer, stopped]);
    } finally {
      this.stopWaiting = undefined;
    }
  }

  /** A check that goes on after an interrupt. */
  private endCheck = () => this.checker.cancel(new Interrupted());
}

function errorOf(failure: Error): ErrorContent {
  const { name, message: evalue } = failure;
  const ename = failure instanceof EngineGone && failure.interrupted ? 'KeyboardInterrupt' : name;
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
