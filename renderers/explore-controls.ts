import type { ExplorerLayer } from './explore-layer';
import { ONE, rect } from './picture-panel';
import { target } from './pointer';
import { DEAD, FRAME, ink, WIDE } from './theme';

/** CSS pixels: an arrow's place, the start of the slider between both arrows, and its end, which leaves room for the other. */
const ARROW = 24;
const TRACK = { from: 36, to: 'min(236, room - 48)' };

/** The channel under the pointer on the slider. The pointer may leave it while it drags. */
const DRAGGED = `clamp(round((x(group('slider_group')) - ${TRACK.from}) / (${TRACK.to} - ${TRACK.from}) * last), 0, last)`;

/** What moves the channel besides its box; a number beyond the layer's end becomes the end once it is entered. */
export const MOVES = [
  { events: '@thumbs_marks:click, @thumbs_marks:touchend', update: 'clamp(thumb, 0, last)' },
  { events: '@previous_marks:click, @previous_marks:touchend', update: 'max(0, shown - 1)' },
  { events: '@next_marks:click, @next_marks:touchend', update: 'min(last, shown + 1)' },
  {
    events:
      '@track_marks:pointerdown, @track_marks:touchstart, [@track_marks:pointerdown, window:pointerup] > window:pointermove!',
    update: DRAGGED,
  },
  { events: 'window:change', update: 'shown' },
  { events: { signal: 'last' }, update: 'min(toNumber(channel), last)' },
];

/**
 * ◀, a slider that ends where the layer ends, ▶, and the number of the channel. It is drawn, since the ends of Vega's own
 * are those of the longest layer.
 */
export function channelSlider(): object {
  const middle = ARROW / 2;
  const next = `(hasSlider ? ${TRACK.to} + 12 : ${ARROW})`;
  const knob = `${TRACK.from} + (last ? shown / last : 0) * (${TRACK.to} - ${TRACK.from})`;
  const seen = { expr: 'hasSlider ? 1 : 0' };
  const arrow = (name: string, text: string, x: string) => [
    {
      data: ONE,
      mark: {
        type: 'text',
        text,
        x: { expr: `${x} + ${middle}` },
        y: middle,
        fontSize: 13,
        color: ink('ink'),
      },
    },
    {
      ...target(name, { width: ARROW, height: ARROW }),
      mark: {
        type: 'rect',
        opacity: 0,
        cursor: 'pointer',
        x: { expr: x },
        x2: { expr: `${x} + ${ARROW}` },
        y: 0,
        y2: ARROW,
      },
    },
  ];
  return {
    name: 'slider',
    width: 1,
    height: ARROW,
    layer: [
      ...arrow('previous', '◀', '0'),
      ...arrow('next', '▶', next),
      rect(
        { color: ink('track'), cornerRadius: 2, opacity: seen },
        [TRACK.from, { expr: TRACK.to }],
        [middle - 2, middle + 2],
      ),
      {
        data: ONE,
        mark: {
          type: 'point',
          shape: 'circle',
          filled: true,
          size: 180,
          color: FRAME,
          opacity: seen,
          x: { expr: knob },
          y: middle,
        },
      },
      {
        ...target('track', { width: 0, height: ARROW }),
        mark: {
          type: 'rect',
          opacity: 0,
          cursor: 'pointer',
          x: TRACK.from - 8,
          x2: { expr: `hasSlider ? ${TRACK.to} + 8 : ${TRACK.from - 8}` },
          y: 0,
          y2: ARROW,
        },
      },
      {
        data: ONE,
        // Where there is no room for it, the caption says it.
        transform: [{ filter: '!isPhone || !hasSlider' }],
        mark: {
          type: 'text',
          text: {
            expr: "'channel ' + here.numbers[shown] + (here.note ? ', ' + (shown + 1) + ' of ' + (last + 1) + ' in the figure' : ' of 0–' + last)",
          },
          x: { expr: `${next} + ${ARROW + 8}` },
          y: middle,
          align: 'left',
          baseline: 'middle',
          fontSize: 11,
          color: ink('muted'),
        },
      },
    ],
  };
}

/** The least size of a thumbnail that a finger hits, in CSS pixels. */
const FINGER = 24;

/** Params: the size of a thumbnail, the width of those that are seen, and where they begin. */
export const THUMBS = [
  { name: 'thumbSize', expr: `room < ${WIDE} ? max(${FINGER}, here.thumb * room / ${WIDE}) : here.thumb` },
  { name: 'thumbsWidth', expr: 'min(room, here.across * thumbSize)' },
  // Rows that are longer than the figure show what is around the channel.
  {
    name: 'thumbsStart',
    expr: 'clamp((shown % here.across + 0.5) * thumbSize - thumbsWidth / 2, 0, here.across * thumbSize - thumbsWidth)',
  },
];

/** The number of the thumbnail under the pointer. */
export const PLACE_OF_THUMB =
  'floor(y(group()) / thumbSize) * here.across + floor((x(group()) + thumbsStart) / thumbSize)';

/**
 * All channels of the layer as thumbnails, which a click chooses. Dead ones are gray; the one that is shown has a frame.
 */
export function thumbnails(layers: readonly ExplorerLayer[]): object {
  const dead = layers.flatMap((layer, at) =>
    layer.dead.flatMap((isDead, place) => (isDead ? [{ name: layer.name, at, place }] : [])),
  );
  const step = 12;
  const rows = Math.ceil(
    Math.max(...layers.map(({ down, thumb }) => (down * Math.max(FINGER, thumb)) / step)),
  );
  const corner = [
    { calculate: '(datum.place % here.across) * thumbSize - thumbsStart', as: 'left' },
    { calculate: 'floor(datum.place / here.across) * thumbSize', as: 'top' },
    { calculate: 'datum.left + thumbSize', as: 'right' },
    { calculate: 'datum.top + thumbSize', as: 'bottom' },
  ];
  // As properties of the mark: a scale of y would compete with the steps.
  const boxInside = (edge: number) => ({
    x: { expr: `datum.left + ${edge}` },
    x2: { expr: `datum.right - ${edge}` },
    y: { expr: `datum.top + ${edge}` },
    y2: { expr: `datum.bottom - ${edge}` },
  });
  return {
    width: { step: { signal: 'thumbsWidth' } },
    // As many steps as the layer has rows of thumbnails: the strip is as high as it needs to be.
    height: { step },
    layer: [
      {
        data: { values: Array.from({ length: rows }, (_, row) => ({ row, column: 0 })) },
        transform: [{ filter: `datum.row < here.down * thumbSize / ${step}` }],
        mark: { type: 'rect', opacity: 0 },
        encoding: {
          x: { field: 'column', type: 'ordinal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } },
          y: { field: 'row', type: 'ordinal', axis: null, scale: { paddingInner: 0, paddingOuter: 0 } },
        },
      },
      {
        data: ONE,
        transform: [{ calculate: 'url', as: 'url' }],
        mark: {
          type: 'image',
          aspect: false,
          smooth: { expr: 'isSmooth' },
          align: 'left',
          baseline: 'top',
          clip: true,
          x: { expr: '-thumbsStart' },
          y: 0,
          width: { expr: 'here.across * thumbSize' },
          height: { expr: 'here.down * thumbSize' },
        },
        encoding: { url: { field: 'url', type: 'nominal' } },
      },
      ...(dead.length
        ? [
            {
              data: { values: dead },
              transform: [{ filter: 'datum.name === here.name' }, ...corner],
              mark: { type: 'rect', clip: true, color: DEAD, ...boxInside(0) },
            },
          ]
        : []),
      // Places without a channel.
      rect(
        { color: ink('paper'), clip: true },
        [
          { expr: '((here.numbers.length - 1) % here.across + 1) * thumbSize - thumbsStart' },
          { expr: 'here.across * thumbSize - thumbsStart' },
        ],
        [{ expr: '(here.down - 1) * thumbSize' }, { expr: 'here.down * thumbSize' }],
      ),
      {
        data: ONE,
        transform: [{ calculate: 'shown', as: 'place' }, ...corner],
        // Inside, so that the figure has one size whichever channel it shows.
        mark: { type: 'rect', filled: false, stroke: FRAME, strokeWidth: 2.5, ...boxInside(2.5) },
      },
      {
        name: 'thumbs',
        ...rect({ opacity: 0 }, [0, { expr: 'thumbsWidth' }], [0, { expr: 'here.down * thumbSize' }]),
      },
    ],
  };
}
