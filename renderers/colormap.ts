import { TABLES } from './colormap-tables';

/**
 * A colour map of matplotlib: viridis, magma, inferno, plasma, cividis, gray, coolwarm, RdBu or turbo. `_r` reverses it.
 */
export type ColormapName = keyof typeof TABLES | `${keyof typeof TABLES}_r`;

/** The names, without their reversed forms. */
export const COLORMAPS = Object.keys(TABLES) as (keyof typeof TABLES)[];

/**
 * The 256 colours of a map as one string, six hex digits each: matplotlib's table, to the bit.
 *
 * @throws {RangeError} when there is no such map
 */
export function colormap(name: ColormapName): string {
  const reversed = name.endsWith('_r');
  const table =
    Object.hasOwn(TABLES, name.replace(/_r$/, '')) && TABLES[name.replace(/_r$/, '') as keyof typeof TABLES];
  if (!table) {
    throw new RangeError(
      `Cannot use the colour map '${name}': choose ${COLORMAPS.join(', ')}, or one of them with _r.`,
    );
  }
  return reversed ? table.match(/.{6}/g)!.reverse().join('') : table;
}
