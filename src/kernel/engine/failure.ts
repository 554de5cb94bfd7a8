import { inspect } from 'node:util';
import type { ErrorContent } from '../../jupyter/wire';
import { Interrupted, interrupted } from '../interrupted';
import { advice } from '../packages';
import { framesOf } from './cell-sources';
import { newerNode } from './newer-node';

/** Longest message and longest traceback, in characters. */
const MOST_LETTERS = 100_000;
const MOST_LINES = 1000;
/** How many causes of causes, and errors of one AggregateError, are shown. */
const MOST_CAUSES = 20;

/** A thrown value as a Jupyter error: name, message, and the user's frames. */
export function failureOf(thrown: unknown): ErrorContent {
  try {
    const { ename, evalue, traceback } = described(thrown, []);
    return { ename: cut(ename), evalue: cut(evalue), traceback: traceback.slice(0, MOST_LINES).map(cut) };
  } catch {
    // A Proxy, or an error whose own properties throw.
    const evalue = 'something that cannot be described was thrown';
    return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
  }
}

/** Cuts a long message, and says so. */
function cut(text: string): string {
  return text.length <= MOST_LETTERS
    ? text
    : `${text.slice(0, MOST_LETTERS)} … (${text.length - MOST_LETTERS} more characters)`;
}

/** @param above the errors whose cause this one is */
function described(thrown: unknown, above: readonly unknown[]): ErrorContent {
  if (!(thrown instanceof Error)) {
    const evalue = inspect(thrown, { colors: false });
    return { ename: 'Thrown', evalue, traceback: [`Thrown: ${evalue}`] };
  }
  const code = (thrown as NodeJS.ErrnoException).code;
  const stopped =
    thrown instanceof Interrupted ||
    code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' ||
    thrown.message === 'Interrupted asynchronously';
  if (stopped) return interrupted();
  const ename = String(thrown.name || 'Error');
  const message = String(thrown.message);
  const evalue = withAdvice(message, code) + newerNode(message);
  const traceback = [`${ename}: ${evalue}`, ...framesOf(String(thrown.stack ?? ''))];
  const known = [...above, thrown];
  const add = (what: string, inner: unknown) => {
    if (known.includes(inner) || known.length >= MOST_CAUSES) return;
    const [first, ...rest] = described(inner, known).traceback;
    traceback.push(`${what} ${first}`, ...rest);
  };
  if (thrown.cause !== undefined) add('caused by', thrown.cause);
  if (thrown instanceof AggregateError && above.length < 2)
    for (const inner of thrown.errors.slice(0, MOST_CAUSES)) add('holds', inner);
  return { ename, evalue, traceback };
}

/** The message of an error, which for a missing module ends with what to do instead of where Node has looked. */
function withAdvice(message: string, code: string | undefined): string {
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return message;
  const name = /^Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  if (!name) return message;
  return `Cannot find module '${name}'.${advice(name, process.cwd())}`;
}
