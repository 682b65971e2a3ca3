import { allocated, stepVariances } from '../../../numbers/step-budget.ts'
import { monteCarlo } from '../monte-carlo.ts'
import { method, sampling, solutions } from './method.ts'

const { completions, trustAnswers } = sampling

export const discountedMonteCarloMethod = method({
  name: 'discounted-monte-carlo',
  paper: 'ICML 2023, arXiv:2305.04361',
  about: 'each step by the share of right completions, of which early steps get more',
  differs: [
    'a budget of completions is spread over the steps of a solution; the paper has trajectories',
    'and stops these early: rewards along the way, not policies, are what it estimates',
  ],
  options: {
    completions,
    discount: { default: 0.9, help: 'of a step against the one before', min: 0.01, max: 0.99 },
    trustAnswers,
  },
  build: ({ completions, discount, trustAnswers }, { seed }) => {
    const spread = (steps: number): readonly number[] =>
      allocated(stepVariances(steps, discount), steps * completions)
    const name = 'discounted-monte-carlo'
    return solutions(monteCarlo({ name, completions: spread, trustAnswers, labels: 'soft', seed }))
  },
})
