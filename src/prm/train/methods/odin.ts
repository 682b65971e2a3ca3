import { withoutLength } from '../losses/without-length.ts'
import { ofPreferences, preferencesOf } from '../preferences.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const odinMethod = method({
  name: 'odin',
  paper: 'arXiv:2402.07319',
  about:
    'two outputs from preferences, one of which takes the length, so that the score is without',
  outputs: 2,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: false,
  learningRate: 7e-4,
  options: {
    lengthWeight: { default: 1, help: 'of the correlations with the length', min: 0 },
    orthogonalWeight: { default: 1, help: 'of what the two rows have in common', min: 0 },
  },
  step: o => ({ orthogonal: o.orthogonalWeight }),
  layout: base => ({ ...headLayout(base, ['first']), aggregation: 'last' }),
  objective: o => ofPreferences(withoutLength({ weight: o.lengthWeight })),
  examples: (solutions, view, _options, _reference, signal) =>
    preferencesOf(solutions, view, undefined, signal),
})
