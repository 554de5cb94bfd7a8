/** An encoding of a place in CSS pixels, not in a scale. */
export const pixels = (field: string) => ({ field, type: 'quantitative', scale: null, axis: null });

/** The encodings of a rectangle whose datum has its sides in CSS pixels. */
export const BOX = {
  x: pixels('left'),
  x2: { field: 'right' },
  y: pixels('top'),
  y2: { field: 'bottom' },
};
