import type { DeclaredName } from '../../javascript/outline';

/** A place in code: line and character from 0, in UTF-16 units. */
export interface Place {
  line: number;
  character: number;
}

export interface Range {
  start: Place;
  end: Place;
}

/** Another place that a diagnostic points to. */
export interface Related {
  /** A cell as `cell[3]`, else a file. */
  file: string;
  start: Place;
  message: string;
}

export interface Diagnostic {
  start: Place;
  end: Place;
  message: string;
  code: number;
  /** The file it is in; nothing for the cell itself. */
  file?: string;
  related: Related[];
}

/** What stands in a cell, as far as its code could be read. */
export interface ParsedCell {
  names: DeclaredName[];
  /** Names that the cell exports itself. */
  exported: string[];
  /** What it adds to by `declare global` and `declare module`; nothing for most. */
  augments: string;
  /** Whether it holds JSX. */
  jsx: boolean;
}

/** A name of an earlier cell. */
export interface Declared extends Pick<DeclaredName, 'kind' | 'what'> {
  /** The module that declares it, as an import names it. */
  module: string;
  /** Whether it is no name, but a cell that adds to what is global or to a module; under what it adds to. */
  augments?: boolean;
}

/** The names that later cells see. A new map is made when one is added. */
export type Declarations = ReadonlyMap<string, Declared>;

export interface Completion {
  text: string;
  /** What it is, in JupyterLab's words. */
  type: string;
}

export interface Completions {
  /** UTF-16 units. */
  start: number;
  end: number;
  items: Completion[];
}

export interface Completeness {
  status: 'complete' | 'incomplete' | 'invalid';
  indent?: string;
}
