import { isObject } from '../../checks/is-object';
import type { Json } from '../file/graph';

/** The configurations of an RNN's cells: one, or those of a StackedRNNCells, in order. */
export function cellsOf(config: Json): Json[] {
  const { cell } = config;
  const stacked = isObject(cell) && cell['class_name'] === 'StackedRNNCells' ? cell['config'] : undefined;
  const list = isObject(stacked) ? stacked['cells'] : cell;
  return [list].flat().filter(isObject);
}
