import type * as tfc from '@tensorflow/tfjs-core';
import { packing } from './wasm-packed';

/** Wrappers of the backend's kernels, by kernel name. */
const PATCHES: Record<string, (tf: typeof tfc, kernel: tfc.KernelConfig) => tfc.KernelFunc> = {
  Conv2D: windowed,
  FusedConv2D: windowed,
  DepthwiseConv2dNative: windowed,
  FusedDepthwiseConv2D: windowed,
  AvgPool: windowed,
  MaxPool: windowed,
  BatchMatMul: broadcasting,
  _FusedMatMul: broadcasting,
  Mean: stepwise,
  Sum: stepwise,
};

/** The input that XNNPACK keeps a copy of, by kernels. */
const PACKED: Record<string, 'filter' | 'b'> = {
  Conv2D: 'filter',
  FusedConv2D: 'filter',
  DepthwiseConv2dNative: 'filter',
  FusedDepthwiseConv2D: 'filter',
  BatchMatMul: 'b',
  _FusedMatMul: 'b',
};

/**
 * Starts the wasm backend (4.22) and patches it. An op that XNNPACK refuses throws instead of returning uninitialised
 * memory, and windows get the right padding.
 *
 * @returns whether it starts
 */
export async function startWasm(tf: typeof tfc): Promise<boolean> {
  const { started, refusal } = await hearingRefusals(() => tf.setBackend('wasm'));
  if (!started) return false;
  patchMemory((tf.backend() as unknown as { wasm: Heap }).wasm);
  for (const kernel of tf.getKernelsForBackend('wasm')) {
    const input = PACKED[kernel.kernelName];
    const own = input ? { ...kernel, kernelFunc: packing(input, kernel.kernelFunc) } : kernel;
    const run = PATCHES[kernel.kernelName]?.(tf, own) ?? own.kernelFunc;
    const kernelFunc: tfc.KernelFunc = (given) => {
      const outputs = run(given);
      const why = refusal();
      if (!why) return outputs;
      const backend = given.backend as tfc.KernelBackend;
      for (const { dataId } of [outputs].flat()) backend.disposeData(dataId);
      throw new Error(why);
    };
    tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel({ ...kernel, kernelFunc });
  }
  return true;
}

/**
 * XNNPACK's refusals are only logged, through the `console.warn` present at start-up.
 *
 * @returns whether the backend starts, and a function that returns what was refused since its last call
 */
async function hearingRefusals(start: () => Promise<boolean>) {
  const { warn } = console;
  let heard: string | undefined;
  const hear = (...words: unknown[]) => {
    const [, refused] =
      /^XNN status for xnn_(?:create|setup)_(\S+) is not successful/.exec(String(words[0])) ?? [];
    if (refused) heard = `wasm cannot compute this: XNNPACK refuses ${refused}`;
    else (console.warn === hear ? warn : console.warn)(...words);
  };
  const refusal = () => {
    const why = heard;
    heard = undefined;
    return why;
  };
  console.warn = hear;
  try {
    return { started: await start(), refusal };
  } finally {
    console.warn = warn;
  }
}

/** The part of the wasm module that allocates memory. */
export interface Heap {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
}

/**
 * Makes `_malloc` throw when it cannot allocate. The backend does not check: it writes to address 0 if memory is out,
 * and to a wrong address beyond 2 GB, which it reads as a negative number. Asked for more than 32 bits can address, the
 * heap itself returns addresses past its end.
 */
function patchMemory(heap: Heap): void {
  // `_malloc` is a lazy stub until its first call.
  heap._free(heap._malloc(1));
  const { _malloc: allocate, _free: free } = heap;
  const sizes = new Map<number, number>();
  let usedBytes = 0;
  heap._malloc = (bytes) => {
    const { length } = heap.HEAPU8;
    // A heap of 2 GB that has to grow would return an address beyond 2 GB.
    const fits = length + bytes < 2 ** 32 && (length < 2 ** 31 || usedBytes + bytes < length);
    const at = fits ? allocate(bytes) : 0;
    if (at > 0) {
      sizes.set(at, bytes);
      usedBytes += bytes;
      return at;
    }
    if (at < 0) free(at);
    throw new Error(`out of memory: wasm cannot hold ${bytes} bytes more`);
  };
  heap._free = (at) => {
    usedBytes -= sizes.get(at) ?? 0;
    sizes.delete(at);
    free(at);
  };
}

/**
 * Matrix products with broadcast batches. The kernel repeats the smaller batch cyclically, which is right only for
 * trailing axes. In all other cases both batches are tiled to their common shape first.
 */
function broadcasting(tf: typeof tfc, { kernelFunc }: tfc.KernelConfig): tfc.KernelFunc {
  const { kernelFunc: tile } = tf.getKernel('Tile', 'wasm')!;
  return (given) => {
    const { a, b } = given.inputs as Record<'a' | 'b', tfc.TensorInfo>;
    const batches = [a, b].map(({ shape }) => shape.slice(0, -2)) as [number[], number[]];
    const axes = batches.map((sizes) => sizes.slice(sizes.findIndex((size) => size !== 1)).join());
    const isLast = (few: string, many: string) => ['', '1'].includes(few) || `,${many}`.endsWith(`,${few}`);
    if (isLast(axes[0]!, axes[1]!) || isLast(axes[1]!, axes[0]!)) return kernelFunc(given);
    const common = tf.broadcast_util.assertAndGetBroadcastShape(...batches);
    const backend = given.backend as tfc.KernelBackend;
    const made: tfc.TensorInfo[] = [];
    const broadcast = (x: tfc.TensorInfo): tfc.TensorInfo => {
      const shape = [...new Array(common.length + 2 - x.shape.length).fill(1), ...x.shape];
      const reps = shape.map((size, axis) => (axis < common.length ? common[axis]! / size : 1));
      const tiled = tile({ inputs: { x: { ...x, shape } }, backend, attrs: { reps } });
      made.push(tiled as tfc.TensorInfo);
      return tiled as tfc.TensorInfo;
    };
    try {
      return kernelFunc({ ...given, inputs: { ...given.inputs, a: broadcast(a), b: broadcast(b) } });
    } finally {
      for (const { dataId } of made) backend.disposeData(dataId);
    }
  };
}

/** Numbers that one sum may add up in one step. */
const MOST_ADDED = 1024;

/**
 * Sums and means over several axes, one axis after another. The kernel adds one number after another: the mean of a
 * map of 150 × 150 values that nearly cancel is then wrong in the fourth digit.
 */
function stepwise(tf: typeof tfc, { kernelFunc }: tfc.KernelConfig): tfc.KernelFunc {
  return (given) => {
    const { axis } = given.attrs as unknown as { axis: number | number[] };
    const { shape } = (given.inputs as Record<'x', tfc.TensorInfo>).x;
    const axes = tf.util.parseAxisParam(axis, shape).sort((a, b) => b - a);
    const added = axes.reduce((product, one) => product * shape[one]!, 1);
    if (axes.length < 2 || added <= MOST_ADDED) return kernelFunc(given);
    const backend = given.backend as tfc.KernelBackend;
    return axes.reduce<tfc.TensorInfo>(
      (x, one, step) => {
        const y = kernelFunc({ ...given, inputs: { x }, attrs: { ...given.attrs, axis: [one] } });
        if (step) backend.disposeData(x.dataId);
        return y as tfc.TensorInfo;
      },
      (given.inputs as Record<'x', tfc.TensorInfo>).x,
    );
  };
}

interface Window {
  filterSize?: [number, number];
  strides: number | [number, number];
  dilations?: number | [number, number];
  pad: 'same' | 'valid' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Convolutions and pooling, with three corrections. (1) With padding "same", a stride that skips the last pixels of an
 * axis makes the padding negative; XNNPACK reads that as a huge number and gives wrong results, so it gets the padding
 * explicitly. (2) An output without pixels would be read out of bounds, so it is returned empty. (3) XNNPACK keeps four
 * bytes for each pixel of each window and does not check whether they fit into memory.
 */
function windowed(tf: typeof tfc, { kernelName, kernelFunc }: tfc.KernelConfig): tfc.KernelFunc {
  const { computeConv2DInfo, computePool2DInfo } = tf.backend_util;
  return (given) => {
    const { filterSize, strides, dilations = 1, pad, dimRoundingMode } = given.attrs as unknown as Window;
    const { x, filter } = given.inputs as Record<'x' | 'filter', tfc.TensorInfo>;
    const shape = x.shape as [number, number, number, number];
    const { padInfo, outShape, filterHeight, filterWidth, outHeight, outWidth } = filterSize
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
    if (outShape.some((size) => size < 0)) {
      throw new Error(`the window is larger than the map: its output would have shape [${outShape}]`);
    }
    if (outShape.includes(0)) {
      const wasm = given.backend as { makeOutput(shape: number[], dtype: string): tfc.TensorInfo };
      return wasm.makeOutput(outShape, 'float32');
    }
    if (4 * filterHeight * filterWidth * outHeight * outWidth >= 2 ** 31) {
      throw new Error(
        `wasm cannot compute windows of ${filterHeight} × ${filterWidth} for an output of ${outHeight} × ${outWidth}`,
      );
    }
    const { type, top, bottom, left, right } = padInfo;
    if (type !== 'SAME' || filterSize) return kernelFunc(given);
    const padding = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    return kernelFunc({ ...given, attrs: { ...given.attrs, pad: padding } as tfc.NamedAttrMap });
  };
}
