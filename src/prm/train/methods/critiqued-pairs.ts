import { critiquedPairs, ofCritiquedPairs } from '../critiqued-pairs.ts'
import { critiquing } from './critiquing.ts'
import { method } from './method.ts'

export const critiquedPairsMethod = method({
  ...critiquing,
  name: 'critiqued-pairs',
  paper: 'arXiv:2408.11791',
  about: 'a language model that criticises a solution and then rates it, from preferences',
  ownThreshold: false,
  options: {
    ...critiquing.options,
    critiqueWeight: { default: 1.25, help: 'of the cross-entropy of critiques', min: 0 },
  },
  layout: (base, o) => {
    const layout = critiquing.layout(base, o)
    const odds = { right: '+', wrong: '-' }
    return { ...layout, score: { ...layout.score, odds }, threshold: 0, aggregation: 'last' }
  },
  objective: o => ofCritiquedPairs({ weight: o.critiqueWeight }),
  examples: (solutions, view, o, reference, signal) =>
    critiquedPairs(solutions, view, o, reference!, signal),
})
