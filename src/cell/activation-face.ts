import { colormap } from '../../renderers/colormap';
import { colorsAndEnds } from '../../renderers/heatmap';
import { dataUrl } from '../../renderers/picture';
import { rasterPng } from '../../renderers/png/raster';
import { NOT_FINITE, oddities, rangeWords } from '../../renderers/theme';
import { type Activation, type FeatureMap, featureMap } from '../maps/activation';
import { type ChannelStats, channelStats } from '../maps/channel-stats';
import { rasterOf } from '../maps/grid';
import { resizeMap } from '../maps/resize-map';
import { stats } from '../maps/stats';
import { valuesText } from '../maps/values-text';
import { htmlTable, rounded, safeText, type TableCell } from './html-table';

/** The longer side of a thumbnail in pixels: of one activation, and in a table of several. */
const LARGE = 160;
const SMALL = 48;

/** Rows of a table. */
const ROWS = 100;

/** An activation's shape and range; a map with a thumbnail, other activations with their values. */
export function activationFace(activation: Activation): Record<string, unknown> {
  const { layer, shape, data } = activation;
  const summary = stats(data);
  const range = [rangeWords(summary), ...oddities(summary)].join('; ');
  const words = `activation of ${layer}: ${shape.join(' × ')}, ${range}`;
  const use = 'Show it with matshow, grid or explore.';
  const size = sizeOf(shape);
  if (data.length !== size) {
    return { 'text/plain': `${words}\nIts data hold ${data.length} of ${size} values.` };
  }
  if (!isMap(activation)) return { 'text/plain': `${words}\n${valuesText(shape, data)}\n${use}` };
  const { image, channel } = thumbnail(activation, LARGE);
  const which = `channel ${channel}${shape[0]! > 1 ? ' of the first sample' : ''}`;
  return {
    'text/html': `<p>${safeText(`${words}; ${which}:`)}</p><p>${image}</p>`,
    'text/plain': `${words}\n${use}`,
  };
}

/** A table of activations: layer, shape, range, dead values, thumbnail. */
export function activationsFace(activations: readonly Activation[]): Record<string, unknown> {
  const rows = activations.map((activation) => {
    const { min, max, mean, sparsity } = stats(activation.data);
    const zeros = `${Math.round(100 * sparsity)} %`;
    return { activation, cells: [activation.layer, activation.shape.join(' × '), min, max, mean, zeros] };
  });
  const html = rows
    .slice(0, ROWS)
    .map(({ activation, cells }, i): TableCell[] => [
      i,
      ...cells,
      isMap(activation) ? { html: thumbnail(activation, SMALL).image } : '',
    ]);
  const rest = rows.length > ROWS ? `<p>${rows.length - ROWS} more are not shown.</p>` : '';
  const text = rows.map(
    ({ cells }, i) =>
      `${i}  ${cells[0]}: ${cells[1]}, ${rounded(Number(cells[2]))} to ${rounded(Number(cells[3]))}`,
  );
  return {
    'text/html': htmlTable(['', 'layer', 'shape', 'min', 'max', 'mean', 'zeros', 'a channel'], html) + rest,
    'text/plain': [`${rows.length} activation${rows.length === 1 ? '' : 's'}`, ...text].join('\n'),
  };
}

/** Whether it is maps, and its values fill its shape: a cell may have made it by hand. */
const isMap = ({ shape, data }: Activation) =>
  shape.length === 4 && data.length > 0 && data.length === sizeOf(shape);

const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** The most varied channel of the first sample as an image; small maps are enlarged in whole steps. */
function thumbnail(activation: Activation, side: number): { image: string; channel: number } {
  const [{ channel }] = channelStats(activation, { index: 0 }).sort(
    (a, b) => (b.std || 0) - (a.std || 0) || a.channel - b.channel,
  ) as [ChannelStats, ...ChannelStats[]];
  const map = sized(featureMap(activation, channel, 0), side);
  const summary = stats(map.data);
  const { cmap, ends } = colorsAndEnds(summary, {});
  const png = rasterPng(rasterOf(map, ends, summary), colormap(cmap), NOT_FINITE);
  const alt = safeText(`${activation.layer}, channel ${channel}`);
  return {
    image: `<img src="${dataUrl(png)}" width="${map.width}" height="${map.height}" alt="${alt}">`,
    channel,
  };
}

function sized(map: FeatureMap, side: number): FeatureMap {
  const { height, width, data } = map;
  const longer = Math.max(height, width);
  if (longer > side) {
    const at = (size: number) => Math.max(1, Math.round((size * side) / longer));
    return resizeMap(map, [at(height), at(width)]);
  }
  const n = Math.floor(side / longer);
  const large = { height: n * height, width: n * width, data: new Float32Array(n * n * data.length) };
  for (let i = 0; i < large.data.length; i++) {
    const [row, column] = [Math.floor(i / large.width), i % large.width];
    large.data[i] = data[Math.floor(row / n) * width + Math.floor(column / n)]!;
  }
  return large;
}
