/** An encoding of a place in CSS pixels, not in a scale. */
export const pixels = (field: string) => ({ field, type: 'quantitative', scale: null, axis: null });
