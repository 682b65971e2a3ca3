import { monteCarlo } from '../monte-carlo.ts'
import { method, sampling, solutions } from './method.ts'

export const monteCarloSoftMethod = method({
  name: 'monte-carlo-soft',
  paper: 'arXiv:2312.08935',
  about: 'each step by completions from it: the share that ends right',
  differs: [],
  options: sampling,
  build: (options, { seed }) => solutions(monteCarlo({ ...options, seed, labels: 'soft' })),
})
