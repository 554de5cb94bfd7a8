/** A position in code: line and character count from 0, offset in UTF-16 units. */
interface Position {
  offset: number;
  line: number;
  character: number;
}

export interface Diagnostic {
  start: Position;
  end: Position;
  messageText: string;
  code: number;
  fileName?: string;
}

/** A checked cell, as the engine needs it. */
export interface CheckedCell {
  /** What tslab reads in its first comments: `@module` with a name, `@browser`. */
  metadata: { module?: string; mode?: string };
  /**
   * tslab's own answer: `output` is the JavaScript, nothing for a cell that defines a module; `declOutput` what is
   * declared when the cell has run.
   */
  converted?: { diagnostics: Diagnostic[]; output?: string; declOutput?: string; sideOutputs?: object[] };
  /** Errors in the cell, or in the module that it defines. */
  diagnostics: Diagnostic[];
  /** Characters that were put before its first line. */
  prefixed: number;
  /** From the code that runs to what TypeScript emitted, and from there to the cell: JSON, the second in base64. */
  maps: string[];
  /** Declared variables that can be assigned to. */
  variables: string[];
  /** All names it declares. */
  names: string[];
}

/**
 * Questions to the type checker, and its answers. `declared` holds the declarations of earlier cells, in tslab's form.
 * Cursors count UTF-16 units.
 */
export interface Questions {
  check: { ask: { declared: string; code: string }; answer: CheckedCell };
  complete: {
    ask: { declared: string; code: string; cursor: number };
    answer: { start: number; end: number; candidates: string[] };
  };
  /** Documentation of the name at the cursor, as text. */
  inspect: { ask: { declared: string; code: string; cursor: number }; answer: string | null };
  isComplete: {
    ask: { code: string };
    answer: { status: 'complete' | 'incomplete' | 'invalid'; indent?: string };
  };
}

export type Method = keyof Questions;
export type Question = { [K in Method]: { method: K; ask: Questions[K]['ask'] } }[Method];
export type Answer = { value: Questions[Method]['answer'] } | { failure: string };
