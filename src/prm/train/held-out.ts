import type { Engine, LabelledSequence } from '../../engine/engine.ts'

/**
 * The loss that `ofClasses` would report of a batch of these, from logits alone: the mean over labels of the negative
 * log-probability of each label's class, a soft target weighing as it says. NaN where there is no label.
 */
export async function classLoss(
  model: Engine,
  examples: readonly LabelledSequence[],
  signal?: AbortSignal,
): Promise<number> {
  const { classes } = model.info
  const logits = await model.classify(
    examples.map(({ ids }) => ids),
    signal,
  )
  let [loss, labels] = [0, 0]
  examples.forEach((example, i) => {
    for (let t = 0; t < example.ids.length; t++) {
      const row = logits[i]!.subarray(t * classes, (t + 1) * classes)
      const normaliser = logSumExp(row)
      row.forEach((logit, c) => {
        const weight = weightOf(example, t, c, classes)
        if (weight === 0) return
        loss -= weight * (logit - normaliser)
        labels += weight
      })
    }
  })
  return loss / labels
}

function weightOf(example: LabelledSequence, t: number, c: number, classes: number): number {
  if ('classes' in example) return Number(example.classes[t] === c)
  const target = example.targets[t * classes + c]!
  return Number.isNaN(target) ? 0 : target
}

function logSumExp(row: Float32Array): number {
  const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return most + Math.log(row.reduce((sum, x) => sum + Math.exp(x - most), 0))
}
