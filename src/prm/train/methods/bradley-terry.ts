import { bradleyTerry } from '../losses/bradley-terry.ts'
import { ofPreferences, preferencesOf } from '../preferences.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const bradleyTerryMethod = method({
  name: 'bradley-terry',
  paper: 'arXiv:1706.03741',
  about: 'one output, higher for a right solution than for a wrong one of the same problem',
  outputs: 1,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: false,
  learningRate: 7e-4,
  options: {},
  layout: base => ({ ...headLayout(base, ['raw']), aggregation: 'last' }),
  objective: () => ofPreferences(bradleyTerry()),
  examples: (solutions, view, _options, _reference, signal) =>
    preferencesOf(solutions, view, undefined, signal),
})
