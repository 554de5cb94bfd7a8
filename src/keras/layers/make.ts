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

/** Whether a layer makes no mask and leaves one tensor behind, which is its output and nobody else's. */
export function cleansUp(layer: tfl.layers.Layer): boolean {
  return clean.has(layer);
}

/** The masks of the outputs of layers; TensorFlow.js's own predict loses those behind a nested model. */
const masksOf = new WeakMap<tfc.Tensor, tfc.Tensor>();

/** Tensors whose mask a layer took off them, so that none is there for the layers after it. */
const withoutMask = new WeakSet<tfc.Tensor>();

/** A layer that computes something of its weights once, when they are there. */
export interface Prepared {
  prepare(): void;
  /** Frees what was computed. */
  release(): void;
}

/**
 * Makes a layer of TensorFlow.js out of a definition.
 *
 * @param config the configuration as the file holds it; the layer returns it from `getConfig()`
 * @param given how its calls give it arguments; inputs alone when left out
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
  const several = definition.several?.(options) === true;
  /** Of all that a call gives, what is for the layer's inputs. */
  const inputsOf = <T>(all: readonly T[]): readonly T[] => given?.inputs?.map((place) => all[place]!) ?? all;

  class Defined extends layers.layers.Layer {
    static className = className;

    constructor() {
      super({ name: String(config['name']) });
      // TensorFlow.js wants one mask for each of several outputs; none is ever made for them.
      this.supportsMasking = !several;
    }

    override build(inputShape: Shape | Shape[]) {
      if (this.built) return;
      for (const { name, shape } of definition.weights?.(config, [...inputsOf(listOf(inputShape))]) ?? []) {
        // A variable: it stays when other numbers are written to it.
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
      // A split may leave nothing for one of its parts.
      const least = several ? 0 : 1;
      const fits = (size: number | null) => size === null || (Number.isSafeInteger(size) && size >= least);
      if (shape.flat().every(fits)) return shape;
      throw new ModelError(
        `layer "${this.name}" (${className}) does not fit an input of shape ${shapesText(shapes)}: its output would have shape ${shapesText(listOf(shape))}.`,
      );
    }

    override call(inputs: tfc.Tensor | tfc.Tensor[], kwargs: { mask?: Mask } = {}) {
      return tf.tidy(() => {
        const all = Array.isArray(inputs) ? inputs : [inputs];
        const fits = (x: tfc.Tensor) => definition.anyType || x.dtype === 'float32';
        const list = inputsOf(all).map((x) => (fits(x) ? x : tf.cast(x, 'float32')));
        const result = definition.call(list, this.context(kwargs.mask, all));
        // A layer that changes nothing still returns a tensor of its own, which the caller may free.
        const own = (tensor: tfc.Tensor) => (list.includes(tensor) ? tensor.clone() : tensor);
        if (Array.isArray(result)) return result.map(own);
        this.made = own(result);
        return this.made;
      });
    }

    override computeMask(inputs: tfc.Tensor | tfc.Tensor[], mask?: Mask): tfc.Tensor {
      const all = Array.isArray(inputs) ? inputs : [inputs];
      const context = this.context(mask, all);
      const after = tf.tidy(() => this.maskOfOutput(all, context) as tfc.Tensor);
      if (definition.dropsMasks?.(dialect)) for (const x of all) withoutMask.add(x);
      if (after && this.made) masksOf.set(this.made, after);
      return (after ?? null) as tfc.Tensor;
    }

    private maskOfOutput(all: readonly tfc.Tensor[], context: Context): tfc.Tensor | undefined {
      if (definition.mask) return definition.mask([...inputsOf(all)], context);
      // Operations are not layers: what they make has no mask.
      if (!given || !context.masks.some((one) => one)) return undefined;
      const shape = this.computeOutputShape(all.map((x) => x.shape as Shape)) as Shape;
      // One of its own: TensorFlow.js frees each with what it belongs to.
      return maskAfter(className, inputsOf(all), context, shape)?.clone();
    }

    /** What `call` returned last. */
    private made?: tfc.Tensor;

    private context(propagated: Mask | undefined, all: readonly tfc.Tensor[]): Context {
      this.prepare();
      const others: Record<string, tfc.Tensor[]> = {};
      for (const [name, places] of Object.entries(given?.others ?? {})) {
        others[name] = places.map((place) => all[place]!);
      }
      // What TensorFlow.js's own predict gives a call may be an earlier layer's: a list is ours, or computeMask's.
      const list = Array.isArray(propagated) ? propagated : all.map((x) => masksOf.get(x));
      const alive = (mask: tfc.Tensor | null | undefined) =>
        mask?.isDisposed ? undefined : (mask ?? undefined);
      const masks = inputsOf(all.map((x, place) => (withoutMask.has(x) ? undefined : alive(list[place]))));
      // Beside first states Keras 3 does not look for a mask that is not given.
      const implicit = dialect === 3 && others['initial_state'] ? undefined : masks[0];
      const mask = others['mask']?.[0] ?? implicit;
      return { tf, config, weights, prepared: this.prepared, dialect, mask, masks, others, options };
    }

    private prepared: Record<string, tfc.Tensor> | undefined;
    private madeOf: object[] = [];

    /** Computes what follows from the weights alone, unless it is there for these very numbers. */
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
  if (!definition.mask && !several) clean.add(layer);
  return layer;
}

function listOf(shape: Shape | Shape[]): Shape[] {
  return Array.isArray(shape[0]) ? (shape as Shape[]) : [shape as Shape];
}
