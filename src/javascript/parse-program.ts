import { parse } from 'acorn';
import type { Node } from './references';

/**
 * Parses an ES module without Node, for pages. Unlike the kernel, which has TypeScript for that, it refuses a name that is
 * declared twice.
 *
 * @throws {SyntaxError} when it is not JavaScript
 */
export function parseProgram(code: string): Node {
  return parse(code, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Node;
}
