import { isObject } from '../../checks/is-object';
import type { Json } from '../file/graph';
import type { LayerDefinition, NodeDefinition } from './definition';

/** Whether a recurrent layer, or the one inside a Bidirectional, also returns its last states. */
function returnsStates(config: Json): boolean {
  const inner = isObject(config['layer']) ? config['layer']['config'] : undefined;
  return config['return_state'] === true || (isObject(inner) && inner['return_state'] === true);
}

/** Lets a recurrent layer return its last states after its output, with `return_state`. */
export function withReturnedStates(definition: LayerDefinition): NodeDefinition {
  const { withStates, stateShapes } = definition;
  if (!withStates || !stateShapes) return definition;
  return {
    ...definition,
    masksFirst: true,
    several: (_, config) => returnsStates(config),
    shape(config, inputs, dialect) {
      const shape = definition.shape!(config, inputs, dialect);
      return returnsStates(config) ? [shape, ...stateShapes(config, inputs, dialect)] : shape;
    },
    call: (inputs, context) =>
      returnsStates(context.config) ? withStates(inputs, context) : definition.call(inputs, context),
  };
}
