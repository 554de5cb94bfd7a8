/** A Vega-Lite v5 spec. Its full types are large enough to slow down every cell that imports them. */
export interface Spec {
  /** The version of Vega-Lite. */
  readonly $schema: string;
  /** All other properties of Vega-Lite. */
  readonly [property: string]: unknown;
}

/** An output of a cell: its forms by MIME type. */
export interface MimeBundle {
  /** By MIME type. */
  data: Record<string, unknown>;
  /** Metadata by MIME type, such as the PNG's size. */
  metadata: Record<string, unknown>;
}
