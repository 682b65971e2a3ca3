/**
 * The entropy-regularised value of a step from which the share `right` of completions ends right: ln(mean of exp(eta * outcome)) /
 * eta, between the mean (eta near 0) and whether one does (eta large) (arXiv:2412.11006, eq. 5).
 */
export function regularisedValue(right: number, eta: number): number {
  if (!(eta > 0)) throw new RangeError(`regularisedValue: eta must be above 0, got ${eta}`)
  return right === 0 ? 0 : 1 + Math.log(right + (1 - right) * Math.exp(-eta)) / eta
}
