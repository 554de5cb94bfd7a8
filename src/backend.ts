import { writeFileSync } from 'node:fs';
import type * as tfc from '@tensorflow/tfjs-core';
import { BackendError } from './errors';

/** Which TensorFlow runs. */
export interface Backend {
  name: 'native' | 'wasm' | 'cpu';
}

/** The environment variable that names a file for the name of the backend: so a runner learns which one ran. */
export const BACKEND_NOTE = 'CONVLENS_BACKEND_NOTE';

const PACKAGES = {
  native: ['@tensorflow/tfjs-node', 'tensorflow'],
  wasm: ['@tensorflow/tfjs-backend-wasm', 'wasm'],
  cpu: ['@tensorflow/tfjs-backend-cpu', 'cpu'],
} as const;

let started: Promise<Backend> | undefined;

/**
 * Starts TensorFlow once: native when it can be had, else wasm. `CONVLENS_BACKEND=native|wasm|cpu` decides.
 *
 * @throws {BackendError} when the backend that was asked for cannot be had
 */
export function ready(): Promise<Backend> {
  started ??= start();
  return started;
}

/** TensorFlow.js's operations; call after `ready()`. */
export function tf(): typeof tfc {
  return require('@tensorflow/tfjs-core');
}

/** Loads the modules of what `ready()` will start, in silence; what fails here fails there, with its reason. */
export function preload(): void {
  const asked = process.env['CONVLENS_BACKEND'];
  const name = asked && Object.hasOwn(PACKAGES, asked) ? (asked as Backend['name']) : 'native';
  settings();
  try {
    if (name === 'native') mendUtil();
    require(PACKAGES[name][0]);
    require('@tensorflow/tfjs-layers');
  } catch {
    // Native cannot be had: `ready()` takes wasm and says so.
  }
}

/** What the library reads when it is loaded. */
function settings(): void {
  // It tells of its build on stderr, which is no news to whoever looks at a picture.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Without oneDNN, as some processors have it, a signal during a convolution or a matrix product, such as an
  // interrupt, damages the process's memory: seen with TensorFlow 2.13.1.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
}

async function start(): Promise<Backend> {
  settings();
  const asked = process.env['CONVLENS_BACKEND'];
  if (asked && !Object.hasOwn(PACKAGES, asked)) {
    throw new BackendError(
      `Cannot start TensorFlow: CONVLENS_BACKEND is "${asked}". Use native, wasm or cpu.`,
    );
  }
  const names = asked ? [asked as Backend['name']] : (['native', 'wasm'] as const);
  let cause: unknown;
  for (const name of names) {
    try {
      if (name === 'native') mendUtil();
      require(PACKAGES[name][0]);
      await tf().setBackend(PACKAGES[name][1]);
      await tf().ready();
      if (name === 'wasm') mendWindows(tf());
      if (cause)
        console.error(
          `TensorFlow runs as ${name}: native does not load (${firstLine(cause)}). Run: npx convlens setup`,
        );
      leaveNote(name);
      return { name };
    } catch (error) {
      cause = error;
    }
  }
  started = undefined;
  throw new BackendError(`Cannot start TensorFlow (${names.join(', ')}): ${(cause as Error).message}`, {
    cause,
  });
}

function leaveNote(name: string): void {
  const path = process.env[BACKEND_NOTE];
  if (path) writeFileSync(path, name);
}

/** tfjs-node 4.22 calls two functions against which Node 22 warns in the midst of a cell, and which Node 23 removed. */
function mendUtil(): void {
  const util = require('node:util');
  util.isNullOrUndefined = (value: unknown) => value == null;
  util.isArray = Array.isArray;
}

interface Window {
  filterSize?: [number, number];
  strides: number | [number, number];
  dilations?: number | [number, number];
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Mends the convolutions and poolings of the wasm backend (4.22). With padding "same" XNNPACK takes a negative margin
 * for a huge one, where a stride leaves an axis's last pixels out as one pixel of every two of an even width does, and
 * gives wrong numbers: it is told the margins. An output without any pixel ends in an access out of bounds: there is
 * nothing to compute.
 */
function mendWindows(tf: typeof tfc): void {
  const { computeConv2DInfo, computePool2DInfo } = tf.backend_util;
  for (const kernelName of WINDOWS) {
    const kernel = tf.getKernel(kernelName, 'wasm');
    const kernelFunc: tfc.KernelFunc = (given) => {
      const { filterSize, strides, dilations = 1, pad, dimRoundingMode } = given.attrs as unknown as Window;
      const { x, filter } = given.inputs as Record<'x' | 'filter', tfc.TensorInfo>;
      const shape = x.shape as [number, number, number, number];
      const { padInfo, outShape } = filterSize
        ? computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
        : computeConv2DInfo(
            shape,
            filter.shape as typeof shape,
            strides,
            dilations,
            pad,
            dimRoundingMode,
            /Depthwise/.test(kernelName),
          );
      if (outShape.includes(0)) {
        const wasm = given.backend as { makeOutput(shape: number[], dtype: string): tfc.TensorInfo };
        return wasm.makeOutput(outShape, 'float32');
      }
      const { type, top, bottom, left, right } = padInfo;
      if (type !== 'SAME' || filterSize) return kernel.kernelFunc(given);
      const margins = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return kernel.kernelFunc({ ...given, attrs: { ...given.attrs, pad: margins } as tfc.NamedAttrMap });
    };
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ ...kernel, kernelFunc });
  }
}

const WINDOWS = [
  'Conv2D',
  'FusedConv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2D',
  'AvgPool',
  'MaxPool',
];

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n')[0];
}
