import { uncertain } from '../losses/uncertain.ts'
import { ofPreferences, preferencesOf, readLast } from '../preferences.ts'
import { headLayout } from './head.ts'
import { method } from './method.ts'

export const purmMethod = method({
  name: 'purm',
  paper: 'arXiv:2503.22480',
  about: 'a mean and a deviation from preferences; the score is the mean less a doubt',
  outputs: 2,
  insideTargets: 0,
  ownThreshold: false,
  needsReference: false,
  learningRate: 7e-4,
  options: {
    doubtWeight: { default: 1, help: 'of the overlap with scores that were learned', min: 0 },
    store: { default: 256, help: 'such scores that the model keeps', min: 1, integer: true },
  },
  layout: (base, o) => {
    const layout = { ...headLayout(base, ['first']), aggregation: 'last' as const }
    const doubt = { weight: o.doubtWeight, store: [] }
    return { ...layout, score: { head: 'classes', formula: 'first', doubt } }
  },
  objective: () => ofPreferences(uncertain()),
  examples: (solutions, view, _options, _reference, signal) =>
    preferencesOf(solutions, view, undefined, signal),
  finish: async (layout, model, examples, o, signal) => {
    const sides = examples.flat()
    const every = Math.max(1, Math.ceil(sides.length / o.store))
    const kept = sides.filter((_, i) => i % every === 0)
    const store = (await readLast(model, kept, signal)).map(([mean, log]) => [mean!, log!] as const)
    const doubt = {
      weight: o.doubtWeight,
      store: store.map(([mean, log]): [number, number] => [mean, log]),
    }
    return { ...layout, score: { head: 'classes', formula: 'first', doubt } }
  },
})
