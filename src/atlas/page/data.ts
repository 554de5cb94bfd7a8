import type { SiteHead } from '../output/site-data';

/** The columns that channels are sorted by, and how each is called. */
export const SORTS = [
  ['mean', 'mean'],
  ['std', 'spread (σ)'],
  ['max', 'largest value'],
  ['sparsity', 'share of zeros'],
  ['fires', 'fires in pictures'],
  ['auc', 'tells a class'],
] as const;

/** A layer's channels. */
export interface LayerData {
  columns: Float32Array[];
  min: Float32Array;
  odd: Float32Array;
  exponents: Int32Array;
  bins: Uint8Array;
  values: Float32Array;
  pictures: Int32Array;
  positions: Int32Array;
  partners: Int32Array;
  correlations: Float32Array;
  auc: Float32Array;
}

/** All channels: what they are sorted by, and where each is largest. */
export interface ChannelsData {
  columns: Float32Array[];
  pictures: Int32Array;
  positions: Int32Array;
}

export const head = JSON.parse(document.getElementById('head')!.textContent!) as SiteHead;

type Came = (value: never) => void;
const waiting = new Map<string, Came>();

/** Each file of data/ is a script that calls this: pages of a folder may read scripts, and nothing else. */
(window as unknown as { convlensAtlas: (name: string, value: { index?: number }) => void }).convlensAtlas = (
  name,
  value,
) => waiting.get(name === 'layer' ? String(value.index) : name)?.(value as never);

const asked = new Map<string, Promise<unknown>>();

function read<T>(file: string, use: (value: never) => T): Promise<T> {
  let promise = asked.get(file);
  if (!promise) {
    promise = new Promise((resolve, reject) => {
      waiting.set(file, (value) => resolve(use(value)));
      const script = document.createElement('script');
      script.src = `data/${file}.js`;
      script.onerror = () => reject(new Error(`data/${file}.js cannot be read`));
      document.head.append(script);
    });
    asked.set(file, promise);
  }
  return promise as Promise<T>;
}

function bytes(text: string): ArrayBuffer {
  const letters = atob(text);
  const all = new Uint8Array(letters.length);
  for (let i = 0; i < all.length; i++) all[i] = letters.charCodeAt(i);
  return all.buffer;
}

const floats = (text: string) => new Float32Array(bytes(text));
const integers = (text: string) => new Int32Array(bytes(text));

export const layerData = (index: number) =>
  read(
    String(index),
    (given: Record<string, string> & { columns: string[] }): LayerData => ({
      columns: (given.columns as unknown as string[]).map(floats),
      min: floats(given['min']!),
      odd: floats(given['odd']!),
      exponents: integers(given['exponents']!),
      bins: new Uint8Array(bytes(given['bins']!)),
      values: floats(given['values']!),
      pictures: integers(given['pictures']!),
      positions: integers(given['positions']!),
      partners: integers(given['partners']!),
      correlations: floats(given['correlations']!),
      auc: floats(given['auc']!),
    }),
  );

export const channelsData = () =>
  read(
    'channels',
    (given: { columns: string[]; pictures: string; positions: string }): ChannelsData => ({
      columns: given.columns.map(floats),
      pictures: integers(given.pictures),
      positions: integers(given.positions),
    }),
  );

export const names = () => read('names', (given: string[]) => given);

/** Whether all values of a channel are the same finite number. */
export const isDead = (data: LayerData, channel: number) =>
  data.min[channel] === data.columns[2]![channel] && data.odd[channel] === 0;
