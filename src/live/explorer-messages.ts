import type { Prediction } from '../maps/prediction';
import type { Pixels } from '../pictures/pixels';
import type { PreprocessMode } from '../pictures/preprocess';
import type { PackedModel } from './model/packed-model';

/** What the page and its worker say to each other: plain data. */

/** What the page of an explorer asks its worker. */
export interface ExplorerCalls {
  /** Starts TensorFlow and makes the model; the milliseconds that each took. */
  start(parts: EngineParts): Promise<readonly [backend: number, model: number]>;
  /** Runs the model on a picture, which takes the place of the one in this slot. Another preprocessing is only tried. */
  look(slot: Slot, picture: PictureSource, preprocess?: PreprocessMode): Promise<Seen>;
  /** The activation of one layer, [height, width, channels]. */
  maps(slot: Slot, layer: number): Promise<LayerMaps>;
  /** Where a picture speaks for a class. */
  heatmap(slot: Slot, target: number): Promise<Heatmap>;
}

/** What is asked of a worker before a page is written. */
export interface TrialCalls {
  /** Runs every layer of a model once, on zeros; fails where the browser's engine does. */
  tryModel(parts: { wasm: Uint8Array; model: PackedModel }): Promise<void>;
}

/** Two pictures can be looked at side by side. */
export type Slot = 0 | 1;

/** What an engine starts with. */
export interface EngineParts {
  wasm: Uint8Array;
  model: PackedModel;
  /** How a picture's bytes become numbers. */
  preprocess: PreprocessMode;
  /** The input's height, width and channels. */
  size: readonly [height: number, width: number, channels: number];
  labels?: readonly string[];
}

/** A picture's file, or its pixels at any size. */
export type PictureSource = { name: string; bytes: Uint8Array } | Pixels;

/** A layer with maps. */
export interface LayerFacts {
  name: string;
  type: string;
  height: number;
  width: number;
  channels: number;
}

/** What a model makes of a picture. */
export interface Seen {
  /** The picture at the input's size. */
  picture: Pixels;
  /** The layers whose outputs have spatial or time axes. */
  layers: readonly LayerFacts[];
  /** Classes, highest score first; empty where the output is no list of classes. */
  scores: readonly Prediction[];
  /** Milliseconds of the run. */
  took: number;
}

export interface LayerMaps {
  height: number;
  width: number;
  channels: number;
  /** [height, width, channels] */
  data: Float32Array;
}

export interface Heatmap {
  height: number;
  width: number;
  data: Float32Array;
  /** The layer whose maps are weighted. */
  layer: string;
  label: string;
  score: number;
}

/** A question to a worker. */
export interface Question {
  id: number;
  call: string;
  arguments: readonly unknown[];
}

/** A worker's answer. */
export type Answer =
  | { id: number; result: unknown }
  | { id: number; error: { name: string; message: string } };
