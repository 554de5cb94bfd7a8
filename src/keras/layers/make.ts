import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import type { Tf, TfLayers } from '../../tensorflow/types';
import type { Dialect, Json } from '../file/graph';
import { type Shape, shapesText } from '../model';
import { allowAnyName } from './any-name';
import type { CallArguments } from './call-arguments';
import { rankOf } from './check-config';
import { type Context, NO_ARGUMENTS, type NodeDefinition } from './definition';
import { maskAfter } from './masks';

type Mask = tfc.Tensor | (tfc.Tensor | null)[] | null;

const clean = new WeakSet<tfl.layers.Layer>();

/** Whether a layer creates no mask and allocates exactly one tensor, its output. */
export function cleansUp(layer: tfl.layers.Layer): boolean {
  return clean.has(layer);
}

const configurable = new WeakSet<tfl.layers.Layer>();

/** Whether a layer's `call` takes another configuration for one call, `{ config }`, or more arguments, `{ options }`. */
export function takesConfig(layer: tfl.layers.Layer): boolean {
  return configurable.has(layer);
}

/** Masks of layers' outputs; TensorFlow.js's own predict loses them after a nested model. */
const masksOf = new WeakMap<tfc.Tensor, tfc.Tensor>();

/** Tensors whose mask a layer cleared for later layers. */
const withoutMask = new WeakSet<tfc.Tensor>();

/** A layer that computes tensors from its weights once they are loaded. */
export interface Prepared {
  prepare(): void;
  /** Frees these tensors. */
  release(): void;
}

/**
 * Makes a TensorFlow.js layer from a definition.
 *
 * @param config the file's configuration, which `getConfig()` returns
 * @param given how its calls pass arguments; by default inputs only
 */
export function makeLayer(
  tf: Tf,
  layers: TfLayers,
  className: string,
  definition: NodeDefinition,
  config: Json,
  dialect: Dialect,
  given?: CallArguments,
): tfl.layers.Layer {
  const weights: Record<string, tfc.Tensor> = {};
  const options = given?.options ?? {};
  const several = definition.several?.(options, config) === true;
  const masked = definition.masked?.(config) ?? 0;
  /** The layer's inputs among all tensors of a call. */
  const inputsOf = <T>(all: readonly T[]): readonly T[] => given?.inputs?.map((place) => all[place]!) ?? all;

  class Defined extends layers.layers.Layer {
    static className = className;

    constructor() {
      super({ name: String(config['name']) });
      this.supportsMasking = !several || masked > 0;
    }

    override build(inputShape: Shape | Shape[]) {
      if (this.built) return;
      const shapes = [...inputsOf(listOf(inputShape))];
      for (const { name, shape } of definition.weights?.(config, shapes, dialect) ?? []) {
        // A variable: the tensor stays when new values are written.
        weights[name] = this.addWeight(name, shape, 'float32', layers.initializers.zeros()).read();
      }
      this.built = true;
    }

    override computeOutputShape(inputShape: Shape | Shape[]) {
      const shapes = [...inputsOf(listOf(inputShape))];
      const rank = rankOf(className);
      if (rank !== undefined && shapes[0]!.length !== rank) {
        throw new ModelError(
          `layer "${this.name}" (${className}) needs an input of ${rank} axes and gets one of shape ${shapesText(shapes)}.`,
        );
      }
      const shape = definition.shape?.(config, shapes, dialect, options) ?? shapes[0]!;
      // A split may have empty parts.
      const least = several ? 0 : 1;
      const fits = (size: number | null) => size === null || (Number.isSafeInteger(size) && size >= least);
      if (shape.flat().every(fits)) return shape;
      throw new ModelError(
        `layer "${this.name}" (${className}) does not fit an input of shape ${shapesText(shapes)}: its output would have shape ${shapesText(listOf(shape))}.`,
      );
    }

    override call(
      inputs: tfc.Tensor | tfc.Tensor[],
      kwargs: { mask?: Mask; config?: Json; options?: Json } = {},
    ) {
      return tf.tidy(() => {
        const all = Array.isArray(inputs) ? inputs : [inputs];
        const fits = (x: tfc.Tensor) => definition.anyType || x.dtype === 'float32';
        const list = inputsOf(all).map((x) => (fits(x) ? x : tf.cast(x, 'float32')));
        const context = this.context(kwargs.mask, all);
        const { config: ownConfig = config, options: more = {} } = kwargs;
        const result = definition.call(list, {
          ...context,
          config: ownConfig,
          options: { ...options, ...more },
        });
        // A layer that changes nothing still returns a new tensor, which the caller may free.
        const own = (tensor: tfc.Tensor) => (list.includes(tensor) ? tensor.clone() : tensor);
        const made = [result].flat().map(own);
        this.made = made;
        return Array.isArray(result) ? made : made[0]!;
      });
    }

    override computeMask(inputs: tfc.Tensor | tfc.Tensor[], mask?: Mask): tfc.Tensor {
      const all = Array.isArray(inputs) ? inputs : [inputs];
      const context = this.context(mask, all);
      const after = tf.tidy(() => this.maskOfOutput(all, context) as tfc.Tensor);
      if (definition.dropsMasks?.(dialect)) for (const x of all) withoutMask.add(x);
      if (after) for (const x of this.made.slice(0, several ? masked : 1)) masksOf.set(x, after);
      // TensorFlow.js asks for one mask per output; states have none.
      const first = (after ?? null) as tfc.Tensor;
      return several ? (this.made.map((_, i) => (i < masked ? first : null)) as never) : first;
    }

    private maskOfOutput(all: readonly tfc.Tensor[], context: Context): tfc.Tensor | undefined {
      if (definition.mask) return definition.mask([...inputsOf(all)], context);
      // Operations are not layers: their outputs have no mask.
      if (!given || !context.masks.some((one) => one)) return undefined;
      const shapes = this.computeOutputShape(all.map((x) => x.shape as Shape));
      const [shape] = listOf(shapes) as [Shape];
      // A clone: TensorFlow.js frees each mask with its tensor.
      return maskAfter(className, inputsOf(all), context, shape)?.clone();
    }

    /** The last outputs of `call`. */
    private made: tfc.Tensor[] = [];

    private context(propagated: Mask | undefined, all: readonly tfc.Tensor[]): Context {
      this.prepare();
      const others: Record<string, tfc.Tensor[]> = {};
      for (const [name, places] of Object.entries(given?.others ?? {})) {
        others[name] = places.map((place) => all[place]!);
      }
      // A bare mask may belong to an earlier layer; only lists are trusted: they are ours, or computeMask's.
      const list = Array.isArray(propagated) ? propagated : all.map((x) => masksOf.get(x));
      const alive = (mask: tfc.Tensor | null | undefined) =>
        mask?.isDisposed ? undefined : (mask ?? undefined);
      const masks = inputsOf(all.map((x, place) => (withoutMask.has(x) ? undefined : alive(list[place]))));
      // With initial states, Keras 3 uses only a mask that is passed explicitly.
      const implicit = dialect === 3 && others['initial_state'] ? undefined : masks[0];
      const mask = others['mask']?.[0] ?? implicit;
      return { tf, config, weights, prepared: this.prepared, dialect, mask, masks, others, options };
    }

    private prepared: Record<string, tfc.Tensor> | undefined;
    private madeOf: object[] = [];

    /** Computes the tensors that depend on the weights, unless the weights are unchanged. */
    prepare() {
      if (!definition.prepare) return;
      const ids = Object.values(weights).map(({ dataId }) => dataId);
      if (this.prepared && ids.every((id, i) => id === this.madeOf[i])) return;
      this.release();
      this.prepared = tf.tidy(() => definition.prepare!({ tf, config, weights, dialect, ...NO_ARGUMENTS }));
      for (const tensor of Object.values(this.prepared)) tf.keep(tensor);
      this.madeOf = ids;
    }

    release() {
      tf.dispose(this.prepared);
      this.prepared = undefined;
    }

    protected override disposeWeights() {
      this.release();
      return super.disposeWeights();
    }

    override getConfig() {
      return { ...super.getConfig(), ...(config as ReturnType<tfl.layers.Layer['getConfig']>) };
    }

    override getClassName() {
      return className;
    }
  }
  const layer = new Defined();
  allowAnyName(layer);
  configurable.add(layer);
  if (!definition.mask && !several) clean.add(layer);
  return layer;
}

function listOf(shape: Shape | Shape[]): Shape[] {
  return Array.isArray(shape[0]) ? (shape as Shape[]) : [shape as Shape];
}
