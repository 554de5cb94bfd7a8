import type * as tfc from '@tensorflow/tfjs-core';

/** What is put in the place of kernels, by their names. */
const MENDED: Record<string, (tf: typeof tfc, kernel: tfc.KernelConfig) => tfc.KernelFunc> = {
  Conv2D: windowed,
  FusedConv2D: windowed,
  DepthwiseConv2dNative: windowed,
  FusedDepthwiseConv2D: windowed,
  AvgPool: windowed,
  MaxPool: windowed,
  BatchMatMul: spreading,
  _FusedMatMul: spreading,
};

/**
 * Starts the wasm backend (4.22) and mends it: what it would pass over, with whatever lies in memory as the output, is
 * an error, and its windows get the right margins.
 *
 * @returns whether it starts
 */
export async function startWasm(tf: typeof tfc): Promise<boolean> {
  const { started, refusal } = await hearingRefusals(() => tf.setBackend('wasm'));
  if (!started) return false;
  mendMemory((tf.backend() as unknown as { wasm: Heap }).wasm);
  for (const kernel of tf.getKernelsForBackend('wasm')) {
    const run = MENDED[kernel.kernelName]?.(tf, kernel) ?? kernel.kernelFunc;
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
 * Of what XNNPACK refuses to compute, the backend says a line to the console's `warn` of the time when it was started,
 * and goes on.
 *
 * @returns whether it starts, and a function that tells what was refused since it was last asked
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

/** The part of wasm's module that its backend asks for memory. */
export interface Heap {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(at: number): void;
}

/**
 * The backend writes to a wrong place where wasm's heap says that there is no memory, and at a place beyond 2 GB, which
 * is a negative number to it. Asked for more than 32 bits can address, the heap itself gives places beyond its end.
 */
function mendMemory(heap: Heap): void {
  // Until it is first called, the function stands for another.
  heap._free(heap._malloc(1));
  const { _malloc: allocate, _free: free } = heap;
  const sizes = new Map<number, number>();
  let held = 0;
  heap._malloc = (bytes) => {
    const { length } = heap.HEAPU8;
    // A heap of 2 GB that must grow would give a place beyond.
    const fits = length + bytes < 2 ** 32 && (length < 2 ** 31 || held + bytes < length);
    const at = fits ? allocate(bytes) : 0;
    if (at > 0) {
      sizes.set(at, bytes);
      held += bytes;
      return at;
    }
    if (at < 0) free(at);
    throw new Error(`out of memory: wasm cannot hold ${bytes} bytes more`);
  };
  heap._free = (at) => {
    held -= sizes.get(at) ?? 0;
    sizes.delete(at);
    free(at);
  };
}

/**
 * Products of matrices whose batches spread over each other. The backend counts the matrices of the smaller batch over
 * and over, which is right where its axes are the last ones of the other's: else each gets all that it needs.
 */
function spreading(tf: typeof tfc, { kernelFunc }: tfc.KernelConfig): tfc.KernelFunc {
  const { kernelFunc: tile } = tf.getKernel('Tile', 'wasm')!;
  return (given) => {
    const { a, b } = given.inputs as Record<'a' | 'b', tfc.TensorInfo>;
    const batches = [a, b].map(({ shape }) => shape.slice(0, -2)) as [number[], number[]];
    const axes = batches.map((sizes) => sizes.slice(sizes.findIndex((size) => size !== 1)).join());
    const isLast = (few: string, many: string) => ['', '1'].includes(few) || `,${many}`.endsWith(`,${few}`);
    if (isLast(axes[0]!, axes[1]!) || isLast(axes[1]!, axes[0]!)) return kernelFunc(given);
    const whole = tf.broadcast_util.assertAndGetBroadcastShape(...batches);
    const backend = given.backend as tfc.KernelBackend;
    const made: tfc.TensorInfo[] = [];
    const spread = (x: tfc.TensorInfo): tfc.TensorInfo => {
      const shape = [...new Array(whole.length + 2 - x.shape.length).fill(1), ...x.shape];
      const reps = shape.map((size, axis) => (axis < whole.length ? whole[axis]! / size : 1));
      const tiled = tile({ inputs: { x: { ...x, shape } }, backend, attrs: { reps } });
      made.push(tiled as tfc.TensorInfo);
      return tiled as tfc.TensorInfo;
    };
    try {
      return kernelFunc({ ...given, inputs: { ...given.inputs, a: spread(a), b: spread(b) } });
    } finally {
      for (const { dataId } of made) backend.disposeData(dataId);
    }
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
 * A convolution or pooling. With padding "same" XNNPACK takes a negative margin for a huge one, where a stride leaves
 * an axis's last pixels out as one pixel of every two of an even width does, and gives wrong numbers: it is told the
 * margins. An output without any pixel ends in an access out of bounds: there is nothing to compute. XNNPACK's list of
 * the pixels in all windows, of four bytes each, must fit into memory, which it does not check.
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
        `wasm cannot compute windows of ${filterHeight} by ${filterWidth} for ${outHeight} by ${outWidth} places`,
      );
    }
    const { type, top, bottom, left, right } = padInfo;
    if (type !== 'SAME' || filterSize) return kernelFunc(given);
    const margins = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    return kernelFunc({ ...given, attrs: { ...given.attrs, pad: margins } as tfc.NamedAttrMap });
  };
}
