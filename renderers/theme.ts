import type { Config } from 'vega-lite';
import type { Stats } from '../src/maps/stats';
import { shortNumber } from './cell-values';
import type { Spec } from './spec';
import { fixedText } from './vega-text';

/**
 * Widths of what figures draw, in CSS pixels: of one map, and of many. With padding every figure is 584 or 800 wide.
 *
 * 584: a map of 448 with its axes and its scale bar. 448 is two steps for each value of a map of 224, the usual input,
 * four of 112 … 64 of 7; 450 is three of the tutorial's 150.
 *
 * 800: what is wider is cut in JupyterLab 4.6, which scrolls a figure instead of making it smaller. An output has room for
 * 802 in a window of 1280 with the sidebar open, for 888 at 1366, 962 at 1440, and 774 at 1000 with the sidebar closed. A
 * figure of 960 would be cut at 1280 and at 1366; in GitHub's column of 830 its letters of 11 pixels would have 9.5, on a
 * phone of 360 4.1 instead of 5.
 */
export const NARROW = 560;
export const WIDE = 776;

/** Colours that no colour map contains: of dead channels, and of NaN, +Infinity and −Infinity. */
export const DEAD = '#c9c9c9';
export const NOT_FINITE = ['#ff00ff', '#ff8c00', '#00b7ff'] as const;

/** The colour of a frame around what is chosen or pointed at. */
export const FRAME = '#ff5f15';

/**
 * Sizes and letters of all figures. Colours of paper and ink are the reader's: those of the front end's theme, or `INK`.
 * Without `aria: false` the data URLs of images end up in descriptions.
 */
const THEME: Config & { events: object } = {
  aria: false,
  padding: 12,
  font: 'DejaVu Sans, Verdana, sans-serif',
  view: { stroke: null },
  concat: { spacing: 16 },
  title: { anchor: 'start', subtitleFontSize: 11, subtitlePadding: 5, offset: 12 },
  // Vega keeps browsers from what they do by themselves: fingers are to scroll the page.
  events: { defaults: { allow: ['wheel', 'touchstart', 'touchend'] } },
  axis: { grid: false, domain: false, tickSize: 4, labelPadding: 3, titleFontWeight: 'normal' },
};

/**
 * Colours of text and tracks, for light and for dark paper. A map's own colours never change. Grays on light paper, so
 * that a PNG whose palette is full of a map's colours still has them.
 */
const INK = [
  { name: 'isDark', expr: 'luminance(background) < 0.3' },
  { name: 'ink', expr: "isDark ? '#e6edf3' : '#222222'" },
  { name: 'muted', expr: "isDark ? '#a9b2bc' : '#5f5f5f'" },
  { name: 'track', expr: "isDark ? '#3d444d' : '#dcdcdc'" },
  { name: 'paper', expr: "background || 'white'" },
];

/** The colour of words that tell of values that are not finite. */
export const ODD = { expr: "isDark ? '#f0883e' : '#bc4c00'" };

/** A colour of `INK` in a mark or a title. */
export const ink = (name: 'ink' | 'muted' | 'track' | 'paper') => ({ expr: name });

/** What a figure's spec has besides its title. */
interface Body {
  params?: readonly object[];
  datasets?: object;
  /** What stands to the left of the marks' origin, in CSS pixels, or an expression of it. Default 0. */
  left?: number | string;
  /**
   * Expressions for the size of the one view that the figure is, with these layers, and for params that they need; without
   * it views stand below each other.
   */
  view?: Readonly<Record<'width' | 'height', string>>;
  layer?: readonly object[];
  [property: string]: unknown;
}

/** Padding on both sides, and the edge of a mark, in CSS pixels. */
const PADDING = 26;

/** The least width that figures are laid out for, and the width of two panels beside each other, in CSS pixels. */
export const LEAST = 256;
export const PAIR = 448;

/** The width of a caption on a phone, in CSS pixels. */
const PHONE = 300;

/**
 * A control that is not seen and as wide as its place: without it an output's element is as wide as what is drawn in it,
 * and `containerSize` would tell nothing. In JupyterLab and VS Code nothing else tells a figure how much room it has. A
 * page, whose figures stand in blocks, leaves it out. `scale-in` is an animation of vega-embed's.
 */
const FILLER = {
  name: 'filler',
  value: '',
  bind: {
    name: '\u200b',
    input: 'text',
    // Wide by its size, and by its width no wider than its place.
    size: 300,
    tabindex: -1,
    'aria-hidden': 'true',
    style:
      'display:block;visibility:hidden;box-sizing:border-box;width:100%;height:0;padding:0;border:0;margin:-1.3em 0 0;animation:scale-in 1ms',
  },
};

/**
 * The width of the output and of the window. JupyterLab draws outputs below the screen before they have a place: such a
 * figure starts as narrow as it can be, and the filler's animation, which starts with its place, tells. What is drawn
 * keeps an output wide, so when the window shrinks, the output is taken to shrink with it.
 */
const OUTPUT = {
  name: 'output',
  expr: `[containerSize()[0] || (windowSize()[0] ? ${LEAST + PADDING} : ${WIDE + PADDING}), windowSize()[0]]`,
  on: [
    {
      events: 'window:resize, window:animationstart, pointerover',
      update:
        '[windowSize()[0] < output[1] ? min(containerSize()[0] || output[0], output[0] + windowSize()[0] - output[1]) : containerSize()[0] || output[0], windowSize()[0]]',
    },
  ],
};

/**
 * The width that a figure may take, and what follows from it: whether panels stand below each other, and whether they
 * stand one by one. In Node there is no output, and figures are as wide as they like.
 */
const ROOM = [
  FILLER,
  OUTPUT,
  { name: 'room', expr: `clamp(output[0] - ${PADDING}, ${LEAST}, ${WIDE})` },
  { name: 'isStacked', expr: `room < ${WIDE}` },
  { name: 'isPhone', expr: `room < ${PAIR}` },
];

/**
 * Panels in a row; fewer of them where panels stack. Vega takes an expression, and Vega-Lite hands it on.
 *
 * @param stacked how many stand in a row where there is less room than the figure is wide
 * @param side the width of a panel in CSS pixels
 */
export function panelsInRow(count: number, stacked: number, side = 216) {
  if (count <= 1) return count;
  const few = Math.min(count, stacked);
  return { signal: `room >= ${WIDE} ? ${count} : room < ${few * side + 16 * (few - 1)} ? 1 : ${few}` };
}

/** As wide as the figure, and not seen: so all figures have one of two widths, where there is room for it. */
const ruler = (width: number, left: number | string) => ({
  data: { values: [{}] },
  mark: {
    type: 'rect',
    opacity: 0,
    x: { expr: `-(${left})` },
    x2: { expr: `min(room, ${width}) - (${left})` },
    y: 0,
    y2: 1,
  },
});

/** The width of a figure whose marks need so much of it. */
export const widthFor = (needed: number) => (needed <= NARROW ? NARROW : WIDE);

/**
 * A figure's spec: its title over a caption, in the sizes and colours that all figures share.
 *
 * @param title the text of the title, or a Vega expression
 * @param caption parts of the caption, or a Vega expression that returns its lines
 * @param width of the figure in CSS pixels, `NARROW` or `WIDE`, which the caption never exceeds
 */
export function specOf(
  title: string | { expr: string },
  caption: readonly string[] | { expr: string },
  width: number,
  { params = [], datasets, left = 0, view, layer = [], ...body }: Body,
): Spec {
  const line = ruler(width, left);
  const layers = layer.length ? { layer } : {};
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    config: THEME,
    title: {
      text: typeof title === 'string' ? titleText(title) : title,
      subtitle: 'expr' in caption ? caption : { expr: ofRoom('captions') },
      limit: { expr: 'room' },
      fontSize: { expr: 'isPhone ? 13 : 15' },
      color: ink('ink'),
      subtitleColor: ink('muted'),
    },
    params: [
      ...INK,
      ...ROOM,
      ...titles(title, width),
      ...captions(caption, width),
      ...sizeOf(view),
      ...params,
    ],
    ...(datasets && { datasets }),
    // Vega fits its canvas anew when panels stack, and when what is chosen has another height.
    autosize: { type: 'pad', resize: true },
    ...(view
      ? { ...body, width: 1, height: 1, layer: [...layer, line].map(unclipped) }
      : {
          spacing: 0,
          vconcat: [
            { ...body, ...layers },
            { width: 1, height: 1, ...line },
          ],
        }),
  };
}

/** A layer beyond the edges of its view: Vega-Lite clips everything in a view that zooms, unless it is told. */
const unclipped = (layer: { mark?: object }) => ({ ...layer, mark: { clip: false, ...layer.mark } });

/** Vega's signals for the size of a view, which Vega-Lite makes as wide and as high as it is told. */
const sizeOf = (view: Body['view']) => Object.entries(view ?? {}).map(([name, expr]) => ({ name, expr }));

/** One of three values: of a figure of its full width, in one of two panels' width, and on a phone. */
const ofRoom = (list: string) => `${list}[isPhone ? 2 : isStacked ? 1 : 0]`;

/** The same of three expressions. */
export const byRoom = (expressions: readonly string[]) =>
  new Set(expressions).size === 1 ? expressions[0]! : ofRoom(`[${expressions.join(', ')}]`);

const titleText = (title: string) =>
  title.length > PHONE / TITLE ? { expr: ofRoom('titles') } : fixedText(title);

/** CSS pixels of a letter of a title, at most. */
const TITLE = 9;

/** The lines of a title that a phone has no room for in one. */
function titles(title: string | { expr: string }, width: number): object[] {
  if (typeof title !== 'string' || title.length <= PHONE / TITLE) return [];
  return [{ name: 'titles', value: [width, PAIR, PHONE].map((room) => words(title, room, TITLE)) }];
}

/** A caption's lines in a figure of its full width, in one of two panels' width, and on a phone. */
function captions(caption: readonly string[] | { expr: string }, width: number): object[] {
  if ('expr' in caption) return [];
  const value = [width, PAIR, PHONE].map((room) =>
    lines(
      caption.flatMap((part) => words(part, room)),
      room,
    ),
  );
  return [{ name: 'captions', value }];
}

/** A part of a caption in pieces that are no wider than a figure; a layer's name that is longer is broken at its parts. */
function words(part: string, width: number, letter = LETTER): string[] {
  const most = Math.floor(width / letter);
  const pieces: string[] = [];
  for (const word of part.split(' ')) {
    const parts =
      word.length > most ? (word.match(new RegExp(`.{0,${most - 1}}[_/]|.{1,${most}}`, 'g')) ?? []) : [word];
    for (const [i, part] of parts.entries()) {
      const longer = `${pieces.at(-1)}${i ? '' : ' '}${part}`;
      if (pieces.length && longer.length <= most) pieces[pieces.length - 1] = longer;
      else pieces.push(part);
    }
  }
  return pieces;
}

/**
 * An expression for a name in this room: what has none is left out of its middle, since layers' names differ at their ends.
 *
 * @param text and room expressions, the room in CSS pixels
 * @param letter CSS pixels of a letter, on average
 */
export const inRoom = (text: string, room: string, letter: number) =>
  `truncate(${text}, floor((${room}) / ${letter}), 'center')`;

/** CSS pixels of a letter of a caption, on average. */
const LETTER = 6.7;

/** Parts of a caption in as many lines as they need. */
export function lines(parts: readonly string[], width: number): string[] {
  const most = Math.floor(width / LETTER);
  const all: string[] = [];
  for (const part of parts) {
    const longer = `${all.at(-1)} · ${part}`;
    if (all.length && longer.length <= most) all[all.length - 1] = longer;
    else all.push(part);
  }
  return all;
}

/** A number with four significant digits and no trailing zeros; tiny and huge ones with a power of ten. */
export function short(value: number): string {
  return shortNumber(value, 4);
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
    ...captionPart('NaN', nan ? [nan] : []),
    ...captionPart('+Infinity', positiveInfinity ? [positiveInfinity] : []),
    ...captionPart('−Infinity', negativeInfinity ? [negativeInfinity] : []),
  ];
}

/** A part of a caption such as "NaN: 3"; empty if there are no numbers. */
export function captionPart(label: string, numbers: readonly (number | string)[]): string[] {
  return numbers.length ? [`${label}: ${numbers.join(', ')}`] : [];
}

/** Numbers that a caption lists before it counts the rest. */
const LISTED = 5;

/**
 * Some of many channels, such as "4 dead of 64: 9, 24, 27, 41": `short` for a caption, with the rest counted, and `all`
 * for the figure's text. Nothing if there are none.
 */
export function some(
  what: string,
  numbers: readonly (number | string)[],
  count: number,
): { short: string; all: string } | undefined {
  if (numbers.length === 0) return undefined;
  const words = `${numbers.length} ${what} of ${count}: `;
  const rest = numbers.length - LISTED;
  const listed = rest > 1 ? [...numbers.slice(0, LISTED), `… (+${rest})`] : numbers;
  return { short: words + listed.join(', '), all: words + numbers.join(', ') };
}
