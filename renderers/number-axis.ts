import { powerText } from './cell-values';

/**
 * The numbers of an upright axis, to the left of what it measures: five at most, and no wider than AXIS of them. Tiny and
 * huge ones share one power of ten, which stands above them.
 *
 * @param ends the smallest and the largest number
 */
export function numberAxis([low, high]: readonly [number, number]): object {
  const most = Math.max(Math.abs(low), Math.abs(high));
  const power = most > 0 ? Math.floor(Math.log10(most)) : 0;
  // Between them numbers have seven letters at most: −0.0125, −12500.
  const isPlain = power >= -2 && power <= 4;
  const axis = { tickCount: 5, title: null, format: '.5~g' };
  if (isPlain) return axis;
  return {
    ...axis,
    labelExpr: `format(datum.value / 1e${power}, '.5~g')`,
    title: powerText(power),
    titleAngle: 0,
    titleAlign: 'right',
    titleBaseline: 'bottom',
    titleFontSize: 10,
    titleX: -7,
    titleY: -8,
  };
}
