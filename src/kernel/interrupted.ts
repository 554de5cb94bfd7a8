import type { ErrorContent } from '../jupyter/wire';

/** The user's interrupt; the name is the one that Jupyter's front ends know. */
export class Interrupted extends Error {
  override name = 'KeyboardInterrupt';
  override message = 'the cell was interrupted';
}

/** The user's interrupt as the error of a cell. */
export function interrupted(): ErrorContent {
  const { name, message } = new Interrupted();
  return { ename: name, evalue: message, traceback: [`${name}: ${message}`] };
}
