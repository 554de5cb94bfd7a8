/** A layer of a network, as a diagram shows it. */
export interface ArchitectureNode {
  /** Unique in the network: of a layer that runs several times, each run has its own. */
  readonly id: string;
  /** The layer's name. */
  readonly name: string;
  /** Its Keras class, such as `Conv2D`. */
  readonly type: string;
  /** The shape of its output without the batch; null where any size fits. */
  readonly shape: readonly (number | null)[];
  /** Number of its layers, where it is a model itself. */
  readonly layers?: number;
}

/** A network as plain data: its layers, and which takes the output of which. */
export interface Architecture {
  /** The model's name. */
  readonly name: string;
  /** In the order in which they run. */
  readonly nodes: readonly ArchitectureNode[];
  /** By `id`. */
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** Number of parameters. */
  readonly parameters: number;
}
