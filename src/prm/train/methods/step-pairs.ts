import { remembering } from '../losses/contrasted.ts'
import { ofPreferences } from '../preferences.ts'
import { stepPairsOf } from '../step-pairs.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const stepPairsMethod = method({
  name: 'step-pairs',
  paper: 'arXiv:2506.00396',
  about: 'one output, higher for a right step than for a wrong one in its place',
  outputs: 1,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: false,
  learningRate: 7e-4,
  options: {
    contrastWeight: { default: 0.1, help: 'of what is remembered of other pairs', min: 0 },
    contrasts: { default: 64, help: 'pairs that are remembered', min: 1, integer: true },
  },
  layout: base => headLayout(base, ['raw']),
  objective: o => ofPreferences(remembering({ weight: o.contrastWeight, size: o.contrasts })),
  examples: async (solutions, view) => stepPairsOf(solutions, view),
})
