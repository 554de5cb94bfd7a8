import { SourceMap } from 'node:module';
import type * as swc from '@swc/core';
import { type Declared, declareStatement, startOfDeclare } from './declare';
import { Edits, type Position } from './edits';
import { keepLast, type Outline, outlineOf } from './outline';
import type { Node } from './references';
import { type Names, type Rewritten, rewriteCell, rewriteModule } from './rewrite';

/** The options of a `tsconfig.json` that change the JavaScript. */
export interface JavaScriptOptions {
  jsx?: string;
  jsxFactory?: string;
  jsxFragmentFactory?: string;
  jsxImportSource?: string;
  experimentalDecorators?: boolean;
  emitDecoratorMetadata?: boolean;
}

export interface Compiled {
  code: string;
  /** Whether it awaits outside of every function. */
  awaits: boolean;
  /** The modules that it imports. */
  modules: string[];
  /** Where a position of the JavaScript was in the TypeScript; nothing for what only the JavaScript has. */
  original(position: Position): Position | undefined;
}

export interface CompiledCell extends Compiled, Outline {
  /** Whether it holds JSX. */
  jsx: boolean;
}

/** JSX needs a file of its own kind, in which `<T>x` is no assertion; so it is tried second. */
const SYNTAXES = [false, true];

/**
 * Makes JavaScript of a cell, which runs as the body of a function: see {@link rewriteCell}.
 *
 * @param earlier names of earlier cells
 * @throws {SyntaxError} when it is neither TypeScript nor TypeScript with JSX
 */
export function compileCell(code: string, earlier: Names, options: JavaScriptOptions = {}): CompiledCell {
  code = withoutMark(code);
  const { module, jsx } = parse(code);
  const edits = new Edits(code);
  const outline = outlineOf(module, edits);
  keepLast(module, edits);
  const declared = outline.names.filter(
    (one): one is typeof one & Declared => one.kind !== 'type' && !one.ambient,
  );
  edits.insert(code.length, declareStatement(declared));
  const compiled = compile(edits, jsx, options, (source, program) =>
    rewriteCell(source, program, earlier, startOfDeclare(program)),
  );
  return { ...compiled, ...outline, jsx };
}

/** Makes a CommonJS module of an ES module in TypeScript or JavaScript: see {@link rewriteModule}. */
export function compileModule(code: string, file: string, options: JavaScriptOptions = {}): Compiled {
  const jsx = /\.[jt]sx$/.test(file);
  code = withoutMark(code);
  const edits = new Edits(code);
  const { module } = parse(code, [jsx]);
  outlineOf(module, edits);
  return compile(edits, jsx, options, rewriteModule);
}

function parse(code: string, syntaxes = SYNTAXES): { module: swc.Module; jsx: boolean } {
  let first: Error | undefined;
  for (const jsx of syntaxes) {
    try {
      return { module: swcCore().parseSync(code, parser(jsx)), jsx };
    } catch (error) {
      first ??= error as Error;
    }
  }
  throw new SyntaxError(sentence(first!.message));
}

/** swc does not count a byte order mark, so all positions after it would be wrong. */
const withoutMark = (code: string) => code.replace(/^\uFEFF/, ' ');

/** swc's first sentence, without its picture of the code and its own stack. */
function sentence(message: string): string {
  const [, words = message, line, column] =
    /^\s*[x×]\s*([^\n]*)(?:\n\s*[,╭][^\n]*?(?::(\d+):(\d+)\])?)?/.exec(message) ?? [];
  return line ? `${words} (${line}:${column})` : words;
}

function compile(
  before: Edits,
  jsx: boolean,
  options: JavaScriptOptions,
  rewrite: (source: string, program: Node) => Rewritten,
): Compiled {
  const { code, map } = swcCore().transformSync(before.apply(), {
    filename: jsx ? 'cell.tsx' : 'cell.ts',
    sourceMaps: true,
    configFile: false,
    swcrc: false,
    isModule: true,
    module: { type: 'es6' },
    jsc: {
      // The oldest Node that convlens supports runs all of ES2022.
      target: 'es2022',
      parser: parser(jsx),
      keepClassNames: true,
      transform: {
        legacyDecorator: options.experimentalDecorators === true,
        decoratorMetadata: options.emitDecoratorMetadata === true,
        decoratorVersion: options.experimentalDecorators ? '2021-12' : '2022-03',
        useDefineForClassFields: true,
        react: {
          runtime: options.jsx?.startsWith('react-jsx') ? 'automatic' : 'classic',
          pragma: options.jsxFactory ?? 'h',
          pragmaFrag: options.jsxFragmentFactory ?? 'Fragment',
          importSource: options.jsxImportSource,
          throwIfNamespace: false,
        },
      },
    },
  });
  const { edits, ...rewritten } = rewrite(code, parseJavaScript(code));
  let sources: SourceMap | undefined;
  return {
    ...rewritten,
    original(position) {
      const { line, column } = edits.original(position);
      sources ??= new SourceMap(JSON.parse(map!));
      const entry = sources.findEntry(line, column);
      if (!('originalLine' in entry)) return undefined;
      return before.original({ line: entry.originalLine, column: entry.originalColumn });
    },
  };
}

/** @param code valid JavaScript */
function parseJavaScript(code: string): Node {
  const { Parser }: typeof import('acorn') = require('acorn');
  // Acorn compares each declared name with all others, to find those declared twice: TypeScript has done that.
  const unchecked = (Base: typeof Parser) =>
    class extends (Base as never as new () => object) {
      declareName() {}
      checkLocalExport() {}
    };
  const program = Parser.extend(unchecked as never).parse(code, {
    ecmaVersion: 'latest',
    sourceType: 'module',
  });
  return program as Node;
}

function parser(tsx: boolean): swc.TsParserConfig & swc.ParseOptions & { script: false } {
  return { syntax: 'typescript', tsx, decorators: true, target: 'es2022', script: false } as never;
}

/** Loaded when it is first needed. */
function swcCore(): typeof swc {
  return require('@swc/core');
}
