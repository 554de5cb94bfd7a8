import type { Input } from '../keras/run/inputs';
import type { Labels } from '../keras/run/labels';
import type { Target } from './target';

/** Options of `saliency`. */
export interface SaliencyOptions {
  /**
   * - 'gradient': how fast the score changes with each value of the picture;
   * - 'smooth': the mean gradient of noisy copies of the picture (SmoothGrad, Smilkov et al. 2017);
   * - 'integrated': the mean gradient on the way from a baseline, times the way (Sundararajan et al. 2017); its sum is
   *   the score's difference to that of the baseline;
   * - 'guided': the gradient without what lowers the score at any ReLU (Springenberg et al. 2015). It shows edges well
   *   and the class hardly;
   * - 'occlusion': how much the score falls when a square is hidden (Zeiler and Fergus 2014); takes no gradient.
   *
   * Default 'gradient'.
   */
  method?: 'gradient' | 'smooth' | 'integrated' | 'guided' | 'occlusion';
  /** The class to explain, as `gradCam` takes it. Default: the class with the highest score, of each sample. */
  target?: Target;
  /** Names of the classes, in the order of training. Default: their numbers. */
  labels?: Labels;
  /** 'max': the largest magnitude over the input's channels. 'none': each channel's value, with its sign. Default 'max'. */
  reduce?: 'max' | 'none';
  /** Of 'smooth': how many noisy copies. Default 25. */
  samples?: number;
  /** Of 'smooth': the noise's standard deviation, as a share of the picture's range. Default 0.15. */
  noise?: number;
  /** Of 'smooth': the noise is the same for the same seed. Default 1. */
  seed?: number;
  /** Of 'integrated': how many gradients on the way. Default 50. */
  steps?: number;
  /**
   * Of 'integrated': the picture without information; of 'occlusion': what hides. A number in the tensor's own values,
   * or a tensor or picture of the input's shape. Default 0, which is black, or gray for models that want −1..1.
   */
  baseline?: number | Input;
  /** Of 'occlusion': the side of the hidden square in pixels. Default: an eighth of the shorter side. */
  window?: number;
  /** Of 'occlusion': pixels from one square to the next. Default: half of `window`. */
  stride?: number;
}
