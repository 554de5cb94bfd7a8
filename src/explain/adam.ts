/** Gradient ascent with a step of its own for each number (Adam, Kingma and Ba 2015). */
export class Adam {
  private readonly mean: Float32Array;
  private readonly square: Float32Array;
  private step = 0;

  /** @param values are changed in place */
  constructor(
    private readonly values: Float32Array,
    private readonly rate: number,
  ) {
    this.mean = new Float32Array(values.length);
    this.square = new Float32Array(values.length);
  }

  /** @param gradient of what should grow */
  ascend(gradient: ArrayLike<number>): void {
    // The paper's constants.
    const [keepMean, keepSquare, least] = [0.9, 0.999, 1e-8];
    this.step++;
    const [ofMean, ofSquare] = [1 - keepMean ** this.step, 1 - keepSquare ** this.step];
    for (let i = 0; i < this.values.length; i++) {
      const slope = gradient[i]!;
      this.mean[i] = keepMean * this.mean[i]! + (1 - keepMean) * slope;
      this.square[i] = keepSquare * this.square[i]! + (1 - keepSquare) * slope * slope;
      this.values[i]! +=
        (this.rate * (this.mean[i]! / ofMean)) / (Math.sqrt(this.square[i]! / ofSquare) + least);
    }
  }
}
