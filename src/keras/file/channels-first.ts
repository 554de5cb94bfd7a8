import { isObject } from '../../checks/is-object';
import { type Call, type GraphSpec, type Json, type LayerSpec, mapRefs, refsIn, TensorRef } from './graph';

/**
 * Converts a channels_first graph to channels_last: the input is transposed once, and transposed back before layers that
 * do not know channels, and before the outputs. The backends compute channels_last only, and figures expect it.
 *
 * @returns the graph itself if nothing in it is channels_first
 */
export function withChannelsLast(graph: GraphSpec): GraphSpec {
  const layers = graph.layers.map(insideLast);
  if (!layers.some(takesMaps)) {
    return layers.some((spec, i) => spec !== graph.layers[i]) ? { ...graph, layers } : graph;
  }
  return graph.sequential ? turnSequential({ ...graph, layers }) : turnFunctional({ ...graph, layers });
}

/** A layer with its inner models converted; the layer itself if nothing changes. */
function insideLast(spec: LayerSpec): LayerSpec {
  const inner = spec.inner && withChannelsLast(spec.inner);
  const stepModel = spec.stepModel && insideLast(spec.stepModel);
  return inner === spec.inner && stepModel === spec.stepModel ? spec : { ...spec, inner, stepModel };
}

/** Layers that treat all values, or all channels, alike. */
const CHANNEL_AGNOSTIC =
  /^(Activation|ReLU|LeakyReLU|ELU|ThresholdedReLU|Dropout|SpatialDropout2D|Gaussian\w+|AlphaDropout|Identity|Add|Subtract|Multiply|Average|Maximum|Minimum)$/;
const WITH_AXIS = /^(BatchNormalization|Concatenate|Softmax)$/;
/** Positions of the axes of `[batch, channels, height, width]` in channels_last order. */
const AXES = [0, 3, 1, 2];
const TO_LAST = [2, 3, 1];
const TO_FIRST = [3, 1, 2];

/** Whether the layer takes maps, and its configuration says channels_first. */
function takesMaps({ className, config }: LayerSpec): boolean {
  return (
    config['data_format'] === 'channels_first' && /2D(Transpose)?$/.test(className) && !/LSTM/.test(className)
  );
}

/** A layer's channels_last configuration, and whether its output is such a map. */
interface Turn {
  config: Json;
  map: boolean;
}

/** Whether an activation does not treat every number alike; it may be a layer with settings. */
function knowsChannels(activation: unknown): boolean {
  if (/softmax|sparsemax|glu/i.test(JSON.stringify(activation ?? ''))) return true;
  const isLayer = isObject(activation) && isObject(activation['config']);
  return isLayer && !CHANNEL_AGNOSTIC.test(String(activation['class_name']));
}

/** @returns undefined for a layer that cannot be converted */
function turned(spec: LayerSpec): Turn | undefined {
  const { className, config, inner, stepModel, module } = spec;
  if (inner || stepModel || /(^|\.)ops(\.|$)/.test(module) || knowsChannels(config['activation']))
    return undefined;
  // Its kernel is stored by places and channels.
  if (className.startsWith('LocallyConnected')) return undefined;
  if (takesMaps(spec) || (className === 'Flatten' && config['data_format'] === 'channels_first')) {
    const map = className !== 'Flatten' && (!className.startsWith('Global') || config['keepdims'] === true);
    return { config: { ...config, data_format: 'channels_last' }, map };
  }
  if (CHANNEL_AGNOSTIC.test(className)) return { config, map: true };
  if (!WITH_AXIS.test(className)) return undefined;
  const move = (axis: unknown) => AXES[Number(axis) < 0 ? Number(axis) + 4 : Number(axis)];
  const axis = config['axis'] ?? -1;
  return { config: { ...config, axis: Array.isArray(axis) ? axis.map(move) : move(axis) }, map: true };
}

function transposer(source: string, dims: number[], calls: Call[]): LayerSpec {
  const name = `${source}_channels_${dims === TO_LAST ? 'last' : 'first'}`;
  return { name, className: 'Permute', module: '', config: { name, dims }, calls, inserted: true };
}

function turnSequential(graph: GraphSpec): GraphSpec {
  const layers: LayerSpec[] = [];
  let last = false;
  const bring = (wanted: boolean, before: string) => {
    if (last !== wanted) layers.push(transposer(before, wanted ? TO_LAST : TO_FIRST, []));
    last = wanted;
  };
  for (const spec of graph.layers) {
    const turn: Turn | undefined = takesMaps(spec) || last ? turned(spec) : undefined;
    if (spec.className !== 'InputLayer') bring(turn !== undefined, spec.name);
    layers.push(turn ? { ...spec, config: turn.config } : spec);
    if (turn) last = turn.map;
  }
  bring(false, 'output');
  const shape = graph.layers[0]?.config['batch_input_shape'] as (number | null)[] | undefined;
  return { ...graph, layers, inputShape: shape ?? graph.inputShape };
}

function turnFunctional(graph: GraphSpec): GraphSpec {
  const turns = new Map<string, Turn>();
  for (const spec of graph.layers) {
    const turn = takesMaps(spec) && turned(spec);
    if (turn) turns.set(spec.name, turn);
  }
  const isLast = ({ layer }: TensorRef) => turns.get(layer)?.map === true;
  // Layers that treat all values alike follow the layers before them, until nothing changes.
  for (let before = -1; before !== turns.size; ) {
    before = turns.size;
    for (const spec of graph.layers) {
      if (turns.has(spec.name)) continue;
      const refs = refsIn(spec.calls.map(({ args, kwargs }) => [args, kwargs]));
      const turn = refs.length > 0 && refs.every(isLast) ? turned(spec) : undefined;
      if (turn) turns.set(spec.name, turn);
    }
  }
  const inserted = new Map<string, LayerSpec>();
  const bring = (ref: TensorRef, wanted: boolean): TensorRef => {
    if (isLast(ref) === wanted) return ref;
    let spec = inserted.get(ref.key);
    if (!spec) {
      const place = [ref.layer, ...(ref.call || ref.output ? [ref.call, ref.output] : [])].join('_');
      spec = transposer(place, wanted ? TO_LAST : TO_FIRST, [{ args: [ref], kwargs: {} }]);
      inserted.set(ref.key, spec);
    }
    return new TensorRef(spec.name, 0, 0);
  };
  const layers = graph.layers.map((spec) => {
    const turn = turns.get(spec.name);
    const calls = spec.calls.map((call) => mapRefs(call, (ref) => bring(ref, turn !== undefined)) as Call);
    return { ...spec, calls, config: turn?.config ?? spec.config };
  });
  const outputs = graph.outputs.map((ref) => bring(ref, false));
  return { ...graph, layers: [...layers, ...inserted.values()], outputs };
}
