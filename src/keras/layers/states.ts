import { isObject } from '../../checks/is-object';
import type { Json } from '../file/graph';
import type { LayerDefinition, NodeDefinition } from './definition';

/** Whether a recurrent layer, or the one inside a Bidirectional, also returns its last states. */
function returnsStates(config: Json): boolean {
  const inner = isObject(config['layer']) ? config['layer']['config'] : undefined;
  return config['return_state'] === true || (isObject(inner) && inner['return_state'] === true);
}

/** Whether a Bidirectional returns its two directions one after the other (`merge_mode=None`). */
export const isApart = (config: Json): boolean => isObject(config['layer']) && config['merge_mode'] === null;

/** Lets a recurrent layer return its last states after its output, with `return_state`, and a Bidirectional both directions. */
export function withReturnedStates(definition: LayerDefinition): NodeDefinition {
  const { withStates, stateShapes } = definition;
  if (!withStates || !stateShapes) return definition;
  const outputs = (config: Json) => (isApart(config) ? 2 : 1);
  const isSeveral = (config: Json) => returnsStates(config) || isApart(config);
  return {
    ...definition,
    masked: outputs,
    several: (_, config) => isSeveral(config),
    shape(config, inputs, dialect) {
      const shape = definition.shape!(config, inputs, dialect);
      if (!isSeveral(config)) return shape;
      const states = returnsStates(config) ? stateShapes(config, inputs, dialect) : [];
      return [...new Array<typeof shape>(outputs(config)).fill(shape), ...states];
    },
    call(inputs, context) {
      const { config } = context;
      if (!isSeveral(config)) return definition.call(inputs, context);
      const all = withStates(inputs, context);
      return returnsStates(config) ? all : all.slice(0, outputs(config));
    },
  };
}
