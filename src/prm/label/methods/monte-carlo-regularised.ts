import { monteCarlo } from '../monte-carlo.ts'
import { completions, method, sampling, solutions } from './method.ts'

export const monteCarloRegularisedMethod = method({
  name: 'monte-carlo-regularised',
  paper: 'arXiv:2412.11006',
  about: 'each step by completions from it: the soft maximum of how they end',
  differs: ['completions are those of the policy that is given, whether it has learned or not'],
  options: {
    ...sampling,
    completions: completions(16),
    eta: {
      default: 1,
      help: 'near 0 it is the share that ends right, large whether one does',
      min: 0.01,
    },
  },
  build: ({ eta, ...options }, { seed }) =>
    solutions(monteCarlo({ ...options, seed, labels: eta })),
})
