import { checkKinds } from '../checks/check-kinds';
import { ModelError } from '../errors';
import { withFace } from '../face';
import type { LayerChoice, Model } from '../keras/model';
import type { Value } from '../keras/run/call-layer';
import { checkInputs, checkModel } from '../keras/run/check-inputs';
import { chooseLayers } from '../keras/run/choose-layers';
import { type FlatNode, flatPlanOf, nodesFor } from '../keras/run/flat-plan';
import { type Input, inputTensors } from '../keras/run/inputs';
import { stepsOf } from '../keras/run/plan';
import type { Activation } from '../maps/activation';
import { ready, tf as tensorflow } from '../tensorflow/running';
import type { Tensor, Tf } from '../tensorflow/types';
import { rolledOut } from './rollout';
import { inputValues, runNodes, type ScoredModel } from './scored-model';

/** Options of `attentionMaps`. */
export interface AttentionMapsOptions {
  /** Which attention layers. Default: all, in the order in which they run. */
  layers?: LayerChoice | readonly LayerChoice[];
  /**
   * Follows the attention of all these layers back to the patches of the picture (attention rollout, Abnar and Zuidema
   * 2020), and gives one map in place of one per layer. Default false.
   */
  rollout?: boolean;
  /** Of `rollout`: rows and columns of patches. Default: as many rows as columns. */
  patches?: readonly [rows: number, columns: number];
}

const ATTENTION = /^(MultiHeadAttention|GroupedQueryAttention|Attention|AdditiveAttention)$/;

/**
 * Which positions attend to which: the attention scores of a transformer's layers, as maps in which each head takes the
 * place of a channel.
 *
 * @param model as `loadModel` returns it
 * @param input a picture, which is preprocessed as the model needs it, or a tensor, batch first; a list of them for
 *   several inputs; not changed
 * @param options which layers; `rollout` for one map over the picture
 * @returns of each layer [batch, queries, keys, heads], each row of a head with the sum 1; with `rollout` one
 *   [batch, rows, columns, 1] for the class token, or the mean over all patches if the model has none
 * @throws {TypeError} when an input is not a tensor or picture, or an option is unknown
 * @throws {RangeError} when there is no attention layer, or the positions are no grid of patches
 * @throws {ModelError} when a layer fails on its input
 * @example
 * const vit = await loadModel('vit.keras');
 * const heads = await attentionMaps(vit, await loadImage('cat.jpg', { targetSize: [16, 16] }));
 * grid(heads[0], { scale: [0, 1] });
 */
export async function attentionMaps(
  model: Model,
  input: Input | readonly Input[],
  options: AttentionMapsOptions = {},
): Promise<Activation[]> {
  const what = 'map the attention';
  checkKinds(what, options, { layers: 'any', rollout: 'boolean', patches: 'list' });
  checkModel(what, model);
  await ready();
  const tf = tensorflow();
  const { tensors, free } = inputTensors(model, Array.isArray(input) ? input : [input as Input]);
  try {
    checkInputs(model, tensors);
    const plan = flatPlanOf(model as never);
    const steps = chooseLayers(model, stepsOf(model as never), options.layers ?? /(?:)/, undefined, what);
    const paths = new Set(steps.map(({ path }) => path));
    const wanted = plan.nodes.filter(
      ({ path, layer }) => paths.has(path) && ATTENTION.test(layer.getClassName()),
    );
    if (!wanted.length) {
      throw new RangeError(
        `Cannot ${what}: ${options.layers === undefined ? 'the model has no attention layer' : 'none of these layers is an attention layer'}. It needs MultiHeadAttention, GroupedQueryAttention, Attention or AdditiveAttention.`,
      );
    }
    const ends = wanted.map(({ makes }) => makes[0]!);
    const nodes = nodesFor(plan, ends);
    const found: Activation[] = [];
    const scored: ScoredModel = { model, plan, nodes, output: ends.at(-1)!, name: '' };
    const watch = (node: FlatNode, inputs: readonly Value[]) => {
      if (wanted.includes(node)) found.push(scoresOf(tf, node, inputs));
    };
    const last = runNodes(tf, scored, nodes, inputValues(scored, tensors as never), [scored.output], watch);
    for (const { tensor, mask } of last) {
      tensor.dispose();
      mask?.dispose();
    }
    if (!options.rollout) return found;
    const shown = rolledOut(found, options.patches);
    return [withFace('activation', shown)];
  } finally {
    free();
  }
}

/** The scores of one layer, [batch, queries, keys, heads]. */
function scoresOf(tf: Tf, { name, layer }: FlatNode, inputs: readonly Value[]): Activation {
  return tf.tidy(() => {
    const given = inputs.map(({ tensor }) => tensor);
    const masks = inputs.map(({ mask }) => mask ?? null);
    const result = layer.call(
      given as never,
      {
        options: { return_attention_scores: true },
        ...(masks.some((mask) => mask) && { mask: masks }),
      } as never,
    ) as unknown as Tensor[];
    const scores = Array.isArray(result) ? result[1] : undefined;
    // [batch, heads, queries, keys], or without heads.
    const byHead = scores && scores.rank === 3 ? tf.expandDims(scores, 1) : scores;
    if (byHead?.rank !== 4) {
      throw new ModelError(
        `Cannot map the attention: layer "${name}" (${layer.getClassName()}) attends over several axes, whose scores are no map. Choose other layers.`,
      );
    }
    const last = tf.transpose(byHead, [0, 2, 3, 1]);
    const data = last.dataSync().slice() as Float32Array;
    return withFace('activation', { layer: name, shape: last.shape.slice(), data });
  });
}
