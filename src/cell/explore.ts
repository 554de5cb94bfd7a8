import { EXPLORE_OPTIONS, type ExploreOptions, exploreFigure, explorerOfOne } from '../../renderers/explore';
import { mostVariedChannel } from '../../renderers/explore-layer';
import { checkKinds } from '../checks/check-kinds';
import { type Activation, activationList, layout, uniqueNames } from '../maps/activation';
import { dropdown, setSlider, slider } from './controls';
import { interact } from './interact';
import { show } from './show';
import { addArrows } from './slider-arrows';

/** Options of `explore`. */
export interface ExploreInCellOptions extends ExploreOptions {
  /**
   * Let the kernel draw each map on request, for models with too many maps for a notebook. Needs the convlens kernel;
   * a saved notebook shows the last state. Default false: the figure contains all maps and needs no kernel.
   */
  live?: boolean;
}

/**
 * Shows {@link exploreFigure} in the running cell one map at a time: the kernel draws a map when a control asks for it.
 *
 * @param activations what `predict` returns, or one of it
 * @param options `live: true` asks the running kernel for each map
 * @returns a promise that resolves when the first map is shown
 * @throws {RangeError} for no activations, or a layer, channel, scale or colour map that does not exist
 * @example
 * await explore(activations, { live: true });
 */
export function explore(
  activations: Activation | readonly Activation[],
  options: ExploreInCellOptions & { live: true },
): Promise<void>;
/**
 * Shows {@link exploreFigure} in the running cell: layers and channels behind a menu and sliders.
 *
 * @param activations what `predict` returns, or one of it
 * @param options what is shown first, and how
 * @throws {RangeError} for no activations, or a layer, channel, scale or colour map that does not exist
 * @example
 * explore(activations, { picture: img });
 */
export function explore(
  activations: Activation | readonly Activation[],
  options?: ExploreInCellOptions,
): void;
export function explore(
  activations: Activation | readonly Activation[],
  given: ExploreInCellOptions = {},
): void | Promise<void> {
  checkKinds('explore', given, { ...EXPLORE_OPTIONS, live: 'boolean' });
  const { live = false, ...options } = given;
  const all = activationList('explore', activations);
  if (live) return exploreLive(all, options);
  show(exploreFigure(all, options));
}

/** One map at a time, each a figure with a single channel. */
async function exploreLive(all: readonly Activation[], options: ExploreOptions): Promise<void> {
  const names = uniqueNames(all);
  const ends = all.map((activation) => layout(activation).channels - 1);
  const { layer = names[0]!, opacity = 0.8 } = options;
  const own = all[names.indexOf(layer)];
  const { channel = own ? mostVariedChannel(own, options.index) : 0 } = options;
  // The first drawing checks the options before a control is shown.
  exploreFigure(all.find((_, at) => names[at] === layer) ?? all, {
    ...options,
    channel,
    channels: [channel],
  });
  const endOf = (name: string) => ends[names.indexOf(name)]!;
  const controls = {
    layer: dropdown(names, { value: layer }),
    channel: slider(0, Math.max(1, endOf(layer)), { value: channel }),
    ...(options.picture && { opacity: slider(0, 1, { step: 0.05, value: opacity }) }),
  };
  addArrows(controls.channel, () => endOf(controls.layer.value), 'channel');
  controls.layer.onChange((name) => {
    setSlider(controls.channel, {
      max: Math.max(1, endOf(name)),
      value: Math.min(controls.channel.value, endOf(name)),
    });
  });
  await interact(controls, (values) => {
    const at = names.indexOf(values.layer);
    const shown = Math.min(values.channel, ends[at]!);
    const veil = 'opacity' in values ? { opacity: values.opacity as number } : {};
    show(explorerOfOne(all[at]!, { ...options, ...veil, layer: all[at]!.layer, channel: shown }));
  });
}
