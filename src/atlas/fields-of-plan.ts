import { allFields, type Fields } from '../explain/receptive-field';
import type { Model } from '../keras/model';
import type { AtlasPlan } from './plan';

/** The receptive fields of the planned layers; the whole picture for outputs that are no maps. */
export function fieldsOfPlan(model: Model, { layers, size }: AtlasPlan): Fields[] {
  return layers.map(({ name, height, width }) => {
    try {
      const fields = allFields(model, name, { size });
      if (fields.rows.length === height && fields.columns.length === width) return fields;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    const whole = (count: number, pixels: number) => new Array(count).fill([0, pixels]);
    return { rows: whole(height, size[0]), columns: whole(width, size[1]) };
  });
}
