/** A Vega-Lite v5 spec. Its full types are large enough to slow down every cell that imports them. */
export interface Spec {
  /** Which version of Vega-Lite it is written for. */
  readonly $schema: string;
  /** Whatever else Vega-Lite knows. */
  readonly [property: string]: unknown;
}

/** What a notebook stores of an output: each form of it under its MIME type. */
export interface MimeBundle {
  /** By MIME type. */
  data: Record<string, unknown>;
  /** What front ends should know of a form, by MIME type: the PNG's size. */
  metadata: Record<string, unknown>;
}
