import type { Loss, LossInput, Slope, Weighing } from '../method.ts'

/** The sum of losses, and of their slopes; of two metrics with one name the last is kept. */
export function sum(...terms: readonly Loss[]): Loss {
  const of: Loss['of'] = batch => {
    const slopes = terms.map(term => term.of(batch))
    const dentropies = slopes.flatMap(slope => (slope.dentropies_G_T ? [slope.dentropies_G_T] : []))
    return {
      loss: slopes.reduce((total, { loss }) => total + loss, 0),
      dlogprobs_G_T: added(
        batch,
        slopes.map(slope => slope.dlogprobs_G_T),
      ),
      ...(dentropies.length > 0 ? { dentropies_G_T: added(batch, dentropies) } : {}),
      metrics: Object.assign({}, ...slopes.map(({ metrics }) => metrics)) as Slope['metrics'],
    }
  }
  return {
    needsReference: terms.some(term => term.needsReference),
    needsProximal: terms.some(term => term.needsProximal === true),
    needsMeans: terms.some(term => term.needsMeans === true),
    wholeGroups: terms.some(term => term.wholeGroups === true),
    offPolicy: terms.every(term => term.offPolicy === true),
    needsEntropies: terms.some(term => term.needsEntropies === true),
    readsDrawn: terms.some(term => term.readsDrawn === true),
    ...weighedBy(terms),
    of,
  }
}

/** Of one term that weighs advantages the weighing is that of the sum. */
function weighedBy(terms: readonly Loss[]): { readonly weighing?: Weighing } {
  const known = terms.flatMap(({ weighing }) => weighing ?? [])
  return known.length === 1 ? { weighing: known[0]! } : {}
}

function added(
  batch: readonly LossInput[],
  parts_G_T: readonly (readonly Float32Array[])[],
): readonly Float32Array[] {
  return batch.map(({ logprobs_T }, g) => {
    const total_T = new Float32Array(logprobs_T.length)
    for (const part_G_T of parts_G_T)
      for (let t = 0; t < total_T.length; t++) total_T[t] += part_G_T[g][t]
    return total_T
  })
}
