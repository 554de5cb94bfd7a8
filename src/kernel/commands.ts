import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { signalProcess } from '../jupyter/signal-process';
import type { ErrorContent } from '../jupyter/wire';
import { droppedText, STREAM_LIMIT } from './engine/streams';

/** A line that begins with `!` and the name or the path of a program. */
const COMMAND = /^!(?=[A-Za-z./~])(.*)$/gm;
/** Milliseconds that a program may take to end after an interrupt. */
const LONGEST_MS = 1500;

/** A cell's lines for the shell, and its code with these lines left empty. */
export interface CellCommands {
  commands: string[];
  code: string;
}

/**
 * Takes the lines that begin with `!` out of a cell.
 *
 * @param isCommand tells which ones
 * @param instead what stands there then
 */
export function commandsOf(
  cell: string,
  isCommand = (_command: string): boolean => true,
  instead = '',
): CellCommands {
  const commands: string[] = [];
  const code = cell.replace(COMMAND, (line, command: string) => {
    if (!isCommand(command)) return line;
    commands.push(command.trim());
    return instead;
  });
  return { commands, code };
}

/** Runs lines of cells in the shell, in the notebook's folder. */
export class Commands {
  private child: ChildProcess | undefined;
  private interrupted = false;

  /**
   * Runs a command to its end.
   *
   * @param print called with what it prints, on which stream
   * @returns what went wrong; nothing when it ended well
   */
  run(
    command: string,
    print: (name: 'stdout' | 'stderr', text: string) => void,
  ): Promise<ErrorContent | undefined> {
    this.interrupted = false;
    const path = [dirname(process.execPath), process.env['PATH']].filter(Boolean).join(delimiter);
    const child = spawn(command, {
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: path },
      // A process group of its own ends as a whole.
      detached: process.platform !== 'win32',
    });
    this.child = child;
    let remaining = STREAM_LIMIT;
    for (const name of ['stdout', 'stderr'] as const) {
      const decoder = new StringDecoder();
      child[name].on('data', (data: Buffer) => {
        const text = decoder.write(data);
        if (remaining > 0 && text) print(name, text.slice(0, remaining));
        remaining -= text.length;
      });
    }
    return new Promise((resolve) => {
      const end = (how: string | undefined) => {
        this.child = undefined;
        if (remaining < 0) print('stderr', droppedText(-remaining));
        if (this.interrupted) resolve(errorOf('KeyboardInterrupt', 'the cell was interrupted'));
        else resolve(how === undefined ? undefined : errorOf('CommandError', `${command} ended with ${how}`));
      };
      child.on('error', (error) => end(error.message));
      child.on('close', (code, signal) => end(code === 0 ? undefined : (signal ?? `exit code ${code}`)));
    });
  }

  /** @returns whether a command runs */
  interrupt(): boolean {
    const { child } = this;
    if (!child) return false;
    this.interrupted = true;
    signalProcess(child, 'SIGINT', true);
    const late = setTimeout(() => signalProcess(child, 'SIGKILL', true), LONGEST_MS);
    child.once('close', () => clearTimeout(late));
    return true;
  }

  stop(): void {
    if (this.child) signalProcess(this.child, 'SIGKILL', true);
  }
}

function errorOf(ename: string, evalue: string): ErrorContent {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
