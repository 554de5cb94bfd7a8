import type { PackedModel } from './model/packed-model';

/** What the page of a notebook and its worker say to each other. */
export interface NotebookCalls {
  /** Starts TensorFlow and takes the files that cells read. */
  begin(parts: NotebookParts): Promise<void>;
  /** How cells are connected; a cell that is no TypeScript says so when it runs. */
  analyse(sources: readonly string[]): Promise<readonly CellNames[]>;
  /** Tells of a control that the reader has moved. */
  moved(id: string, state: Record<string, unknown>): Promise<void>;
  /** Runs a cell; its outputs come as messages of their own. */
  run(cell: number, source: string): Promise<CellEnd>;
}

export interface NotebookParts {
  wasm: Uint8Array;
  files: readonly EmbeddedFile[];
}

/** A file that cells read, by the path that they write. */
export type EmbeddedFile = { path: string; bytes: Uint8Array } | { path: string; model: PackedModel };

/** Names at the top level of a cell. */
export interface CellNames {
  /** Each with its text, by which a change is noticed. */
  declares: Readonly<Record<string, string>>;
  uses: readonly string[];
}

export interface CellEnd {
  failed: boolean;
  /** Milliseconds. */
  took: number;
}

/** Something that a cell shows: a part of nbformat's outputs. */
export type CellOutput =
  | { kind: 'text'; name: 'stdout' | 'stderr'; text: string }
  | { kind: 'error'; ename: string; evalue: string; hint?: string }
  | {
      kind: 'data';
      result: boolean;
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
      /** By which it can be replaced. */
      id?: string;
      /** Whether it replaces the output of this id. */
      update?: boolean;
    }
  /** A widget that was opened or changed, as ipywidgets describes it. */
  | { kind: 'widget'; id: string; state: Record<string, unknown> };

/** A message of the worker that no question asked for. */
export interface OutputMessage {
  cell: number;
  output: CellOutput;
}
