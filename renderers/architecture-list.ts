/** A box of the list, with its size in CSS pixels. */
interface Sized {
  width: number;
  height: number;
}

/** CSS pixels: between two boxes, between two lanes, and between lanes and boxes. */
const GAP = 24;
const LANE = 7;
const BESIDE = 10;

/** From a box's upper and lower edge to where lines from the lanes end and start, in CSS pixels. */
const ENTRY = 8;

/** A place in CSS pixels. */
export interface Point {
  x: number;
  y: number;
}

/** Boxes below each other, and the lines between them. */
export interface BoxList {
  /** The left edge of all boxes. */
  left: number;
  /** The upper edge of each box. */
  tops: number[];
  height: number;
  /** Lines; each ends with an arrow's head. */
  lines: Point[][];
}

/**
 * Lays a network out where it is too wide for branches beside each other: boxes below each other, in the order in which
 * layers run. What a later box than the next one needs runs down a lane to the left of the boxes.
 *
 * @param boxes in order
 * @param edges from a box to a later one, as indices
 */
export function boxList(boxes: readonly Sized[], edges: readonly (readonly [number, number])[]): BoxList {
  const targets = new Map<number, number[]>();
  for (const [from, to] of edges) {
    if (to !== from + 1) targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const lanes = lanesOf(targets);
  const left = lanes.size ? LANE * (1 + Math.max(...lanes.values())) + BESIDE : 0;
  const tops: number[] = [];
  let height = 0;
  for (const box of boxes) {
    tops.push(height);
    height += box.height + GAP;
  }
  const bottom = (box: number) => tops[box]! + boxes[box]!.height;
  const lines: Point[][] = [];
  for (const [from, to] of edges) {
    if (to === from + 1) {
      const x = left + 20;
      lines.push([
        { x, y: bottom(from) },
        { x, y: tops[to]! },
      ]);
    } else {
      const x = left - BESIDE - LANE * lanes.get(from)!;
      const [start, end] = [bottom(from) - ENTRY, tops[to]! + ENTRY];
      lines.push([
        { x: left, y: start },
        { x, y: start },
        { x, y: end },
        { x: left - 1, y: end },
      ]);
    }
  }
  return { left, tops, height: height - GAP, lines };
}

/** The lane of each box whose output goes further than to the next box; 0 is the one beside the boxes. */
function lanesOf(targets: ReadonlyMap<number, readonly number[]>): Map<number, number> {
  const lanes = new Map<number, number>();
  const ends: number[] = [];
  for (const [from, to] of [...targets].sort(([a], [b]) => a - b)) {
    const free = ends.findIndex((end) => end <= from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = Math.max(...to);
    lanes.set(from, lane);
  }
  return lanes;
}
