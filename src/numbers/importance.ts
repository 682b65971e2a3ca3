/** The most that a token counts for having been drawn by another model (arXiv:1611.01224, section 3.2, has such limits). */
export const importanceLimit = 2

/** min(p / p_drawn, limit): how often a token counts that another model drew, of both log-probabilities. */
export function importance(logprob: number, drawn: number, limit = importanceLimit): number {
  return Math.min(Math.exp(logprob - drawn), limit)
}
