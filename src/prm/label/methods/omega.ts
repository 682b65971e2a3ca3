import { type OmegaOptions, omega } from '../omega.ts'
import { completions, method, ratio, share, solutions, whole } from './method.ts'

export const omegaMethod = method({
  name: 'omega',
  paper: 'arXiv:2406.06592',
  about: 'a tree search for first errors that reuses rollouts',
  differs: [
    'a state is also measured by rollouts that began before it and came through',
    'solutions are cut at steps, not in halves of equal length',
  ],
  options: {
    completions: completions(8),
    searches: whole(100, 'rollouts of a problem that are searched, at most'),
    from: {
      default: 'tree',
      choices: ['tree', 'given'],
      help: 'which rollouts are searched: all of the tree, or the solutions that it began with',
    },
    omegaLabels: {
      default: 'value',
      choices: ['value', 'rightness'],
      help: 'of steps that were measured, or of all up to the first error',
    },
    ratio: ratio(0),
    alpha: share(0.5, 'how little a state of low value promises'),
    beta: share(0.9, 'how little a long rollout promises'),
    length: whole(500, 'tokens after which beta counts once'),
    cPuct: { default: 0.125, help: 'weight of what was searched less', min: 0 },
  },
  build: ({ omegaLabels: labels, ...options }, { seed, onTree }) => {
    const all = { ...options, labels, seed, ...(onTree && { onTree }) }
    return solutions(omega(all as OmegaOptions))
  },
})
