import type { Content, ErrorContent, MimeBundle } from '../../jupyter/wire';
import type { ParsedCell } from '../answers/answer-types';

/**
 * The kernel's requests to its engine, and the answers. `cell` is the id of the message that caused the request,
 * `session` that of the front end that sent it.
 */
export interface Calls {
  /** Makes JavaScript of a cell, which `execute` runs. `failed` says why that is not possible. */
  compile: { ask: { code: string }; answer: ParsedCell | { failed: string } };
  execute: {
    /** `notebookCell` is the cell of the notebook, and `deleted` those that are gone, where the front end names them. */
    ask: { count: number; session: string; notebookCell?: string; deleted: string[] };
    answer: Executed;
  };
  /** A cell defines a module. */
  define: { ask: { name: string; code: string }; answer: null };
  comm: { ask: { type: string; content: Content; buffers: Uint8Array[]; session: string }; answer: null };
  ping: { ask: null; answer: null };
  /** The names of the layers of those loaded models that the code names, or else of all. */
  layers: { ask: { code: string }; answer: string[] };
  commInfo: { ask: { target?: string }; answer: Content };
}

export interface Executed {
  error?: ErrorContent;
  /** The bundle of the last value, when there is one. */
  result?: MimeBundle;
  /** Whether the cell ran to its end; an error then comes from showing its value. */
  ran: boolean;
}

export type ToEngine =
  | { [K in keyof Calls]: { call: K; id: number; cell: string; ask: Calls[K]['ask'] } }[keyof Calls]
  | Answered
  | Interrupt;

/** Ends the code of a cell that awaits. A signal alone could come so late that it would end the next cell. */
export interface Interrupt {
  interrupt: string;
}

/** The answer to a question that a cell has asked by `input`. */
export interface Answered {
  input: number;
  value?: string;
  /** Why there is none. */
  refused?: string;
  /** Whether it was interrupted. */
  interrupted?: true;
}

export interface Published {
  type: string;
  content: Content;
  metadata?: Content;
  buffers?: Uint8Array[];
}

export type FromEngine =
  | { id: number; answer: unknown; failure?: string }
  | { cell: string; publish: Published }
  | { cell: string; input: number; prompt: string; password: boolean };
