import { binarySearch } from '../binary-search.ts'
import { completions, method, solutions } from './method.ts'

export const binarySearchMethod = method({
  name: 'binary-search',
  paper: 'arXiv:2406.06592',
  about: 'the first error of each wrong answer by halving',
  differs: ['no tree: nothing is learned from other solutions of the problem'],
  options: { completions: completions(8) },
  build: (options, { seed }) => solutions(binarySearch({ ...options, seed })),
})
