import { hindsight } from '../losses/hindsight.ts'
import { lookingBack, ofPreferences, preferencesOf } from '../preferences.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const hindsightMethod = method({
  name: 'hindsight',
  paper: 'arXiv:2404.08828',
  about: 'one output, rewards of steps from preferences, shared out by what the end looks back at',
  outputs: 1,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: true,
  learningRate: 7e-4,
  options: { shareWeight: { default: 1, help: 'of how rewards are shared out', min: 0 } },
  layout: base => ({ ...headLayout(base, ['raw']), aggregation: 'sum' }),
  objective: o => ofPreferences(hindsight({ weight: o.shareWeight })),
  examples: (solutions, view, _, reference, signal) =>
    preferencesOf(solutions, view, lookingBack(reference!), signal),
})
