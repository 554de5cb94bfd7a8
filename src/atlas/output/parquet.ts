import type { Atlas } from '../../maps/atlas';
import { atlasRows, patchesOf } from '../../maps/atlas-channel';

type Type = 'STRING' | 'INT32' | 'DOUBLE' | 'FLOAT' | 'BOOLEAN';

/** A column of a table. */
interface Column {
  name: string;
  type: Type;
  data: unknown[];
}

async function parquet(columnData: Column[]): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  return new Uint8Array(parquetWriteBuffer({ columnData: columnData as never, rowGroupSize: 100_000 }));
}

/** One row per channel: its layer and its numbers. The areas of the classes are columns `auc NAME`. */
export function channelsParquet(atlas: Atlas): Promise<Uint8Array> {
  const rows = atlasRows(atlas);
  const column = (name: keyof (typeof rows)[0], type: Type, called: string = name): Column => ({
    name: called,
    type,
    data: rows.map((row) => row[name]),
  });
  const counted = ['nan', 'positiveInfinity', 'negativeInfinity'] as const;
  const areas = (atlas.classes?.names ?? []).map(
    (name, i, { length }): Column => ({
      name: `auc ${name}`,
      type: 'DOUBLE',
      data: atlas.layers.flatMap(({ auc, channels }) =>
        Array.from({ length: channels }, (_, channel) => auc[channel * length + i] ?? Number.NaN),
      ),
    }),
  );
  return parquet([
    column('layer', 'STRING'),
    column('channel', 'INT32'),
    column('mean', 'DOUBLE'),
    column('std', 'DOUBLE'),
    column('min', 'FLOAT'),
    column('max', 'FLOAT'),
    column('sparsity', 'DOUBLE'),
    column('fires', 'DOUBLE'),
    column('dead', 'BOOLEAN'),
    ...counted.map((name) =>
      column(
        name,
        'DOUBLE',
        name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      ),
    ),
    ...areas,
  ]);
}

/** One row per picture that a channel responds to most. */
export function patchesParquet(atlas: Atlas): Promise<Uint8Array> {
  const rows = atlas.layers.flatMap((one) =>
    Array.from({ length: one.channels }, (_, channel) =>
      patchesOf(atlas, one, channel).map((patch, rank) => ({ layer: one.layer, channel, rank, ...patch })),
    ).flat(),
  );
  const column = (name: string, type: Type, value: (row: (typeof rows)[0]) => unknown): Column => ({
    name,
    type,
    data: rows.map(value),
  });
  return parquet([
    column('layer', 'STRING', (row) => row.layer),
    column('channel', 'INT32', (row) => row.channel),
    column('rank', 'INT32', (row) => row.rank),
    column('picture', 'STRING', (row) => row.name),
    column('value', 'FLOAT', (row) => row.value),
    column('row', 'INT32', (row) => row.row),
    column('column', 'INT32', (row) => row.column),
    column('top', 'INT32', (row) => row.rows[0]),
    column('bottom', 'INT32', (row) => row.rows[1]),
    column('left', 'INT32', (row) => row.columns[0]),
    column('right', 'INT32', (row) => row.columns[1]),
  ]);
}
