import type { LabelLoss } from './loss.ts'

/**
 * -y log p(right) - (1 - y) log p(wrong), of the tokens that stand for the two labels in a language model's text
 * (arXiv:2312.08935): y is 0 or 1, or between them. A wrong label counts as `wrongWeight` right ones.
 */
export function labelToken({ wrongWeight = 1 }: { readonly wrongWeight?: number } = {}): LabelLoss {
  if (!(wrongWeight > 0 && wrongWeight < Infinity))
    throw new RangeError(`labelToken: wrongWeight ${wrongWeight}; expected a number above 0`)
  return { weights: y => ({ right: y, wrong: wrongWeight * (1 - y) }) }
}
