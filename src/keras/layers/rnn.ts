import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import { OF_SEQUENCES } from './call-arguments';
import type { Context, LayerDefinition } from './definition';
import { cellsOf } from './recurrent-cells';

/** The layer that runs one cell over a sequence, by the cell. */
const LAYER_OF_CELL: Record<string, string> = {
  LSTMCell: 'LSTM',
  GRUCell: 'GRU',
  SimpleRNNCell: 'SimpleRNN',
};

type Layers = Readonly<Record<string, LayerDefinition>>;

/** A cell of an RNN, with the configuration of the layer that runs it. */
interface Cell {
  layer: LayerDefinition;
  config: Json;
  /** The start of its weights' names. */
  prefix: string;
}

/** Stacked cells compute the same as one layer per cell, one after another; only the last one's output is returned. */
function layersOf(known: Layers, config: Json): Cell[] {
  const cells = cellsOf(config);
  if (!cells.length) throw new ModelError(`layer "${config['name']}" has no cell. Save the model again.`);
  return cells.map(({ class_name, config: own }, i) => {
    const name = String(class_name);
    const layer = Object.hasOwn(LAYER_OF_CELL, name) ? known[LAYER_OF_CELL[name]!] : undefined;
    if (!layer || !isObject(own)) {
      throw new ModelError(
        `layer "${config['name']}" runs a cell of class ${class_name}, which is not supported. Use LSTMCell, GRUCell or SimpleRNNCell, or register the layer with registerLayer('RNN', LayerClass).`,
      );
    }
    const last = i === cells.length - 1;
    const settings = {
      name: config['name'],
      go_backwards: i === 0 && config['go_backwards'] === true,
      return_sequences: !last || config['return_sequences'] === true,
      zero_output_for_mask: last && config['zero_output_for_mask'] === true,
    };
    const prefix = cells.length > 1 ? `cell_${i}/` : '';
    return { layer, config: { ...own, ...settings }, prefix };
  });
}

/** The input of each layer: the output of the previous one. */
function inputsOf(cells: readonly Cell[], input: Shape): Shape[] {
  return cells.map((_, i) => (i ? [...input.slice(0, 2), Number(cells[i - 1]!.config['units'])] : input));
}

function ofCell({ prefix }: Cell, context: Context): Context['weights'] {
  const own = Object.entries(context.weights).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, weight]) => [name.slice(prefix.length), weight]));
}

/**
 * Any cell, or several on top of each other, over a sequence of vectors.
 *
 * @param known the layers that run one cell each
 */
export function rnnOf(known: Layers): LayerDefinition {
  const RNN: LayerDefinition = {
    takes: OF_SEQUENCES,
    weights(config, [input]) {
      const cells = layersOf(known, config);
      const inputs = inputsOf(cells, input!);
      return cells.flatMap(({ layer, config, prefix }, i) => {
        const weights = layer.weights!(config, [inputs[i]!]);
        return weights.map((weight) => ({ ...weight, name: `${prefix}${weight.name}` }));
      });
    },
    shape(config, [input], dialect) {
      const { layer, config: own } = layersOf(known, config).at(-1)!;
      return layer.shape!(own, [input!], dialect);
    },
    stateShapes(config, [input], dialect) {
      const cells = layersOf(known, config);
      const inputs = inputsOf(cells, input!);
      return cells.flatMap(({ layer, config }, i) => layer.stateShapes!(config, [inputs[i]!], dialect));
    },
    call: (given, context) => RNN.withStates!(given, context)[0]!,
    withStates([x, ...initial], context) {
      const { tf, config, mask, others } = context;
      const cells = layersOf(known, config);
      const first = others['initial_state'] ?? initial;
      if (first.length && cells.length > 1) {
        throw new ModelError(
          `layer "${config['name']}" starts stacked cells with given states, which is not supported.`,
        );
      }
      let output = x!;
      const states = cells.flatMap((cell, i) => {
        // A layer with `go_backwards` returns its steps in the order it computed them, last step first.
        // As numbers: wasm reverses booleans wrongly.
        const turned = mask && i && config['go_backwards'] ? tf.reverse(tf.cast(mask, 'float32'), 1) : mask;
        const weights = ofCell(cell, context);
        const own = { ...context, config: cell.config, weights, mask: turned, masks: [turned], others: {} };
        const [next, ...ends] = cell.layer.withStates!([output, ...first], own);
        output = next!;
        return ends;
      });
      return [output, ...states];
    },
  };
  return RNN;
}
