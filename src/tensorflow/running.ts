import { BackendError } from '../errors';
import type { Tensor, Tf, TfLayers } from './types';

/**
 * The TensorFlow.js that computes. Nothing in the core loads it: backend.ts provides the one of Node, src/core.ts the
 * one that a page brings along.
 */
export interface TensorFlow {
  /** Starts it; later calls return the same promise. */
  ready(): Promise<unknown>;
  /** Starts it as far as that goes without waiting, and returns whether it runs. */
  startSync(): boolean;
  tf(): Tf;
  layers(): TfLayers;
  /** Bytes that may still be taken; infinite where that is unknown. */
  availableMemory(): number;
  /** Frees what JavaScript no longer uses, where that can be asked for. */
  collectGarbage?(): Promise<void>;
  /** Records a computation and returns it as one graph, where the backend can do that. */
  trace?(tf: Tf, inputs: Tensor[], compute: () => Tensor[]): Session | undefined;
}

/** A computation that ran once and runs again as one graph of TensorFlow, with other numbers of the same shapes. */
export interface Session {
  run(inputs: Tensor[]): Tensor[];
  dispose(): void;
}

let given: TensorFlow | undefined;

/** Sets the TensorFlow.js that computes; the last call counts. */
export function useTensorFlow(tensorflow: TensorFlow): void {
  given = tensorflow;
}

/** @throws {BackendError} before one is set */
export function running(): TensorFlow {
  if (!given) {
    throw new BackendError(
      'Cannot compute: no TensorFlow.js is set. Call useTensorFlow({ tf, layers }) first.',
    );
  }
  return given;
}

/** Starts TensorFlow; see `TensorFlow.ready`. */
export const ready = () => running().ready();

/** TensorFlow.js's operations; call after `ready()`. */
export const tf = () => running().tf();
