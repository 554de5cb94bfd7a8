/**
 * The errors a caller can tell apart. A wrong argument is a plain `TypeError` (wrong kind) or
 * `RangeError` (wrong value). Errors from outside (a file, a kernel, a machine) have a class here.
 *
 * Every message reads "Cannot X: Y. Do Z.": what failed, why, and what to do.
 */

/** A picture file that is missing, unreadable or not a picture. */
export class PictureError extends Error {
  override name = 'PictureError';
}

/** A model file that is missing, damaged, incomplete or refused. */
export class ModelError extends Error {
  override name = 'ModelError';
}

/** A figure that cannot be saved. */
export class FigureError extends Error {
  override name = 'FigureError';
}

/** A notebook file that is missing, damaged, cannot be written or whose parameters do not fit. */
export class NotebookError extends Error {
  override name = 'NotebookError';
}

/** A kernel that cannot be found or started, or that died. */
export class KernelError extends Error {
  override name = 'KernelError';
}

/** TensorFlow is unavailable in the requested form. */
export class BackendError extends Error {
  override name = 'BackendError';
}

/** A data set that cannot be read, or an atlas that cannot be written, continued or finished. */
export class AtlasError extends Error {
  override name = 'AtlasError';
}
