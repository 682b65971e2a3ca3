import { uncertain } from '../losses/uncertain.ts'
import { ofPreferences, preferencesOf } from '../preferences.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const purmMethod = method({
  name: 'purm',
  paper: 'arXiv:2503.22480',
  about: 'a mean and a deviation from preferences; the score is the mean less one deviation',
  outputs: 2,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: false,
  learningRate: 7e-4,
  options: {},
  layout: base => ({ ...headLayout(base, ['less-deviation', 'first']), aggregation: 'last' }),
  objective: () => ofPreferences(uncertain()),
  examples: (solutions, view, _options, _reference, signal) =>
    preferencesOf(solutions, view, undefined, signal),
})
