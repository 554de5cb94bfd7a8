import { channelStatsFigure } from '../../../renderers/channel-stats';
import { heatmapFigure } from '../../../renderers/class-heatmap';
import { compareFigure } from '../../../renderers/compare';
import { exploreFigure } from '../../../renderers/explore';
import { filtersFigure } from '../../../renderers/filters';
import { gridFigure } from '../../../renderers/grid';
import { histogramFigure } from '../../../renderers/histogram';
import { matshowFigure } from '../../../renderers/matshow';
import { overlayFigure } from '../../../renderers/overlay';
import { overviewFigure } from '../../../renderers/overview';
import { predictionsFigure } from '../../../renderers/predictions';
import { architecture, architectureFigure } from '../../cell/architecture';
import { checkbox, dropdown, slider } from '../../cell/controls';
import { filters, heatmap } from '../../cell/explain';
import { explore } from '../../cell/explore';
import { interact } from '../../cell/interact';
import { kernels, kernelsFigure } from '../../cell/kernels';
import { output } from '../../cell/output';
import { compare, grid, histogram, matshow, overlay, overview } from '../../cell/plot';
import { show } from '../../cell/show';
import { checkKinds } from '../../checks/check-kinds';
import { BackendError, FigureError, ModelError, PictureError } from '../../errors';
import { attentionMaps } from '../../explain/attention-maps';
import { filterPatterns } from '../../explain/filter-patterns';
import { gradCam } from '../../explain/grad-cam';
import { receptiveField, receptiveFields } from '../../explain/receptive-field';
import { saliency } from '../../explain/saliency';
import { topPatches } from '../../explain/top-patches';
import { registerActivation, registerLayer } from '../../keras/layers/custom';
import { answerOf } from '../../keras/run/answer';
import { labelsOf, parseLabels } from '../../keras/run/labels';
import { predict } from '../../keras/run/predict';
import { summary, summaryText } from '../../keras/summary';
import { featureMap } from '../../maps/activation';
import { channelStats } from '../../maps/channel-stats';
import { toCsv } from '../../maps/csv';
import { displayGrid } from '../../maps/grid';
import { stats } from '../../maps/stats';
import { type LoadImageOptions, loadWith } from '../../pictures/load-with';
import { resize } from '../../pictures/resample';
import { toTensor } from '../../pictures/to-tensor';
import { decodePicture } from './decode-picture';
import type { Files } from './files';
import { onlyInNode } from './only-in-node';

/** What is the same everywhere: all that convlens/core exports but for models and TensorFlow.js. */
const PLAIN = {
  channelStatsFigure,
  heatmapFigure,
  compareFigure,
  exploreFigure,
  filtersFigure,
  gridFigure,
  histogramFigure,
  matshowFigure,
  overlayFigure,
  overviewFigure,
  BackendError,
  FigureError,
  ModelError,
  PictureError,
  attentionMaps,
  filterPatterns,
  gradCam,
  receptiveField,
  receptiveFields,
  saliency,
  topPatches,
  registerActivation,
  registerLayer,
  predict,
  summaryText,
  featureMap,
  channelStats,
  toCsv,
  displayGrid,
  stats,
  resize,
  toTensor,
};

/** What shows something in a cell. */
const SHOWN = {
  architecture,
  architectureFigure,
  checkbox,
  compare,
  dropdown,
  explore,
  filters,
  grid,
  heatmap,
  histogram,
  interact,
  kernels,
  kernelsFigure,
  matshow,
  output,
  overlay,
  overview,
  predictionsFigure,
  show,
  slider,
  summary,
};

/** The module `convlens` of a page: what needs no Node, with files from the page. */
export function convlensFor(files: Files): object {
  const own: Record<string, unknown> = {
    ...PLAIN,
    ...SHOWN,
    loadImage: (source: string | URL | Uint8Array, options: LoadImageOptions = {}) =>
      loadWith(source, options, {
        read: async (path) => files.bytes(String(path)),
        decode: decodePicture,
      }),
    loadModel: (source: string) => files.model(String(source)),
    async predictions(model: never, input: never, options: Record<string, unknown> = {}) {
      const kinds = { labels: 'any', top: 'number', sample: 'number', output: 'any' } as const;
      checkKinds('say what the model predicts', options, kinds);
      const { labels, top = 5, sample = 0, output } = options as Record<string, unknown>;
      const names =
        typeof labels === 'string'
          ? parseLabels(new TextDecoder().decode(files.bytes(labels, PictureError)))
          : labels === undefined
            ? undefined
            : labelsOf(labels);
      return answerOf(model, input, { labels: names, top, sample, output } as never);
    },
  };
  // Another name is one that needs Node; a module that is awaited is asked for `then`.
  return new Proxy(own, {
    get: (_, name) =>
      typeof name !== 'string' || name === 'then' || Object.hasOwn(own, name)
        ? own[name as string]
        : needsNode(name),
  });
}

function needsNode(name: string): () => never {
  return () => {
    throw onlyInNode(name);
  };
}
