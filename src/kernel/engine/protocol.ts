import type { Content, ErrorContent, MimeBundle } from '../../jupyter/wire';
import type { CheckedCell } from '../checker/protocol';

/**
 * The kernel's requests to its engine, and the answers. `cell` is the id of the message that caused the request,
 * `session` that of the front end that sent it.
 */
export interface Calls {
  execute: { ask: { cell: CheckedCell; count: number; session: string }; answer: Executed };
  comm: { ask: { type: string; content: Content; buffers: Uint8Array[]; session: string }; answer: null };
  ping: { ask: null; answer: null };
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
  | { input: number; value?: string; refused?: string };

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
