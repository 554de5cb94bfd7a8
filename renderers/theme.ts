import type { Config } from 'vega-lite';
import type { Stats } from '../src/maps/stats';

/**
 * Width of a figure's drawing area in CSS pixels. With axes and scale bar a figure then fits into 800, the width of
 * a cell in JupyterLab on a screen of 1280 with the sidebar open.
 */
export const DRAWING_WIDTH = 680;

/** Colours that no colour map contains: of dead channels, and of NaN, +Infinity and −Infinity. */
export const DEAD = '#c9c9c9';
export const NOT_FINITE = ['#ff00ff', '#ff8c00', '#00b7ff'] as const;

/**
 * White background and dark text in every theme, since a colour map can be read against one background only. Without `aria: false` the data URLs of images end up in descriptions.
 */
export const THEME: Config = {
  aria: false,
  background: 'white',
  padding: 8,
  font: 'DejaVu Sans, Verdana, sans-serif',
  view: { stroke: '#333', strokeWidth: 1 },
  title: {
    anchor: 'start',
    fontSize: 14,
    subtitleFontSize: 11,
    color: '#111',
    subtitleColor: '#555',
    offset: 10,
  },
  axis: {
    grid: false,
    domain: false,
    tickColor: '#333',
    labelColor: '#222',
    titleColor: '#222',
    titleFontWeight: 'normal',
  },
};

export const SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json';

/** A number with four significant digits and no trailing zeros. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('-', '−');
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

/** A share of 0..1 in percent. Only an exact 0 reads 0 %, only an exact 1 reads 100 %. */
export function percent(share: number): string {
  const rounded = Math.round(100 * share);
  if (rounded === 0 && share > 0) return '< 1 %';
  if (rounded === 100 && share < 1) return '> 99 %';
  return `${rounded} %`;
}

/** The range of a channel's values in words, or why there is none. */
export function rangeWords({ min, max, dead }: Pick<Stats, 'min' | 'max' | 'dead'>): string {
  if (Number.isNaN(min)) return 'no finite value';
  return dead ? `dead: every value is ${short(min)}` : `${short(min)} to ${short(max)}`;
}

/** Counts of values that are not finite, by kind; empty if all are finite. */
export function oddities(counts: Pick<Stats, 'nan' | 'positiveInfinity' | 'negativeInfinity'>): string[] {
  const { nan, positiveInfinity, negativeInfinity } = counts;
  return [
    ...counted('NaN', nan ? [nan] : []),
    ...counted('+Infinity', positiveInfinity ? [positiveInfinity] : []),
    ...counted('−Infinity', negativeInfinity ? [negativeInfinity] : []),
  ];
}

/** A part of a caption such as "dead: 6, 30"; empty if there are no numbers. */
export function counted(label: string, numbers: readonly (number | string)[]): string[] {
  return numbers.length ? [`${label}: ${numbers.join(', ')}`] : [];
}
