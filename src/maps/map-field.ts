/** What the positions of a map see along one axis: that of index i begins at start + step · i, in pixels of the picture. */
export interface AxisField {
  /** Of position 0; below 0 where it reaches over the picture's edge. */
  readonly start: number;
  /** From one position to the next. */
  readonly step: number;
  /** How many pixels each sees. */
  readonly size: number;
}

/** What the positions of a layer's map see of the picture. */
export interface MapField {
  /** Along the rows. */
  readonly rows: AxisField;
  /** Along the columns. */
  readonly columns: AxisField;
}

/** The field of a layer, whatever its name: every object has a `constructor`. */
export function fieldOf(
  fields: Readonly<Record<string, MapField>> | undefined,
  layer: string,
): MapField | undefined {
  return fields && Object.hasOwn(fields, layer) ? fields[layer] : undefined;
}
