import type { Content } from '../wire';
import type { Engine } from './tslab';

/** Jupyter counts code points, TypeScript UTF-16 units. */
export function toUnits(text: string, points: number): number {
  let units = 0;
  for (let i = 0; i < points && units < text.length; i++) units += text.codePointAt(units)! > 0xffff ? 2 : 1;
  return units;
}

export function toPoints(text: string, units: number): number {
  return [...text.slice(0, units)].length;
}

export async function complete(engine: Engine, code: string, cursor: number): Promise<Content> {
  const asked = { declared: engine.declared(), code, cursor: toUnits(code, cursor) };
  const { start, end, candidates } = await engine.checker.ask('complete', asked);
  return {
    status: 'ok',
    matches: candidates,
    cursor_start: toPoints(code, start),
    cursor_end: toPoints(code, end),
    metadata: {},
  };
}

export async function inspect(engine: Engine, code: string, cursor: number): Promise<Content> {
  const asked = { declared: engine.declared(), code, cursor: toUnits(code, cursor) };
  const text = await engine.checker.ask('inspect', asked);
  return {
    status: 'ok',
    found: text !== null,
    data: text === null ? {} : { 'text/plain': text },
    metadata: {},
  };
}
