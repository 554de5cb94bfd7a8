import type { Architecture, ArchitectureNode } from '../maps/architecture';
import type { Model } from './model';
import { type Container, isInput, planOf } from './run/plan';

/** A model's layers and their connections as plain data; a model inside it is one node. */
export function architectureOf(model: Model): Architecture {
  const { steps } = planOf(model as unknown as Container);
  const makers = new Map<number, string>();
  const edges: [string, string][] = [];
  const nodes = steps.map((step): ArchitectureNode => {
    const { path, name, layer, shape, takes, makes, inner } = step;
    const sources = isInput(layer) ? [] : takes.flatMap((id) => makers.get(id) ?? []);
    for (const source of new Set(sources)) edges.push([source, path]);
    // An input layer's output is its input tensor.
    for (const id of isInput(layer) ? takes : makes) makers.set(id, path);
    return {
      id: path,
      name,
      type: layer.getClassName(),
      shape: shape.slice(1),
      ...(inner && { layers: inner.steps.length }),
    };
  });
  return { name: model.name, nodes, edges, parameters: model.countParams() };
}
