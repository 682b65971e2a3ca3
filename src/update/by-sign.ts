import type { Loss, LossInput, Weighing } from '../method.ts'

export interface BySign {
  readonly positive: Loss // of rollouts without a negative advantage
  readonly negative: Loss
  readonly negativeWeight?: number // default 1
}

/** Two losses, each over the rollouts of one sign and reduced over those alone (arXiv:2502.06781, eq. 8). */
export function bySign({ positive, negative, negativeWeight = 1 }: BySign): Loss {
  const weighing = weighingOf({ positive, negative, negativeWeight })
  const of: Loss['of'] = batch => {
    const good = positive.of(batch.filter(input => !isNegative(input)))
    const bad = negative.of(batch.filter(isNegative))
    if (good.dentropies_G_T ?? bad.dentropies_G_T)
      throw new RangeError('bySign: entropies are not split by sign; add their term beside it')
    const [next, nextBad] = [good.dlogprobs_G_T.values(), bad.dlogprobs_G_T.values()]
    return {
      loss: good.loss + negativeWeight * bad.loss,
      dlogprobs_G_T: batch.map(input =>
        isNegative(input) ? nextBad.next().value!.map(x => negativeWeight * x) : next.next().value!,
      ),
      metrics: { ...good.metrics, ...bad.metrics },
    }
  }
  return {
    needsReference: positive.needsReference || negative.needsReference,
    needsProximal: positive.needsProximal === true || negative.needsProximal === true,
    needsMeans: positive.needsMeans === true || negative.needsMeans === true,
    ...(weighing && { weighing }),
    of,
  }
}

function isNegative({ advantages_T }: Pick<LossInput, 'advantages_T'>): boolean {
  return advantages_T.some(a => a < 0)
}

function weighingOf({ positive, negative, negativeWeight = 1 }: BySign): Weighing | null {
  const [good, bad] = [positive.weighing, negative.weighing]
  if (good === undefined || bad === undefined) return null
  const weigh = (batch: Parameters<Weighing>[0]): number[] => {
    const next = good(batch.filter(input => !isNegative(input))).values()
    const nextBad = bad(batch.filter(isNegative)).values()
    return batch.map(input =>
      isNegative(input) ? negativeWeight * nextBad.next().value! : next.next().value!,
    )
  }
  const [above, below] = [good.formula, bad.formula]
  const formula = {
    name: `${above.name}, by sign`,
    formula: `${above.formula}, and where an advantage is below 0 ${negativeWeight} * ${below.formula}, each over the rollouts of its sign`,
    source: 'arXiv:2502.06781, eq. 8',
  }
  return Object.assign(weigh, { formula })
}
