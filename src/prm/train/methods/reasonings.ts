import { bradleyTerry } from '../losses/bradley-terry.ts'
import { ofPreferences } from '../preferences.ts'
import { reasoningPairs } from '../reasonings.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const reasoningsMethod = method({
  name: 'reasonings',
  paper: 'arXiv:2508.05170',
  about: 'one output, better ways to think before worse ones, as a chat model rewrites them',
  outputs: 1,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: false,
  learningRate: 7e-4,
  options: {},
  layout: base => ({ ...headLayout(base, ['sigmoid']), aggregation: 'last' }),
  objective: () => ofPreferences(bradleyTerry()),
  examples: (solutions, view, _options, _reference, signal) =>
    reasoningPairs(solutions, view, signal),
})
