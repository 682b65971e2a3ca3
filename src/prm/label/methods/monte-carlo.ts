import { monteCarlo } from '../monte-carlo.ts'
import { method, sampling, solutions } from './method.ts'

export const monteCarloMethod = method({
  name: 'monte-carlo',
  paper: 'arXiv:2312.08935',
  about: 'each step by completions from it: 1 where one ends right',
  differs: [],
  options: sampling,
  build: (options, { seed }) => solutions(monteCarlo({ ...options, seed })),
})
