import type { Dialect } from '../../keras/file/graph';

/** A model as a page carries it: plain data. */
export interface PackedModel {
  /** The layers, as `graphText` writes them. */
  graph: string;
  dialect: Dialect;
  /** How many numbers each weight has, in the order of the layers; 0 for one that no output needs. */
  sizes: readonly number[];
  /** The weights one after another, little-endian. */
  weights: Uint8Array;
  /** Bits of a weight's number. */
  bits: 32 | 16;
}
