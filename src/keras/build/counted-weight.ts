/** Whether training sets the weight of this name by counting, not by gradients. */
export function isCounted(name: string): boolean {
  return /(^|\/)(moving_mean|moving_variance|mean|variance|count|vector_u)$/.test(name);
}
