import { criteria } from '../criteria.ts'
import { method, solutions, whole } from './method.ts'

export const criteriaMethod = method({
  name: 'criteria',
  paper: 'arXiv:2507.17849',
  about: 'steps of one place that none beats by criteria of a chat model, and those that they beat',
  differs: [
    'criteria are alike by the words that they share; the paper has a model of embeddings',
    'one answer marks all steps of a place; a step that is in no pair has no label',
  ],
  options: {
    width: whole(3, 'steps that are sampled for a place'),
    places: whole(4, 'of the first solution of a problem, from its beginning'),
    finer: whole(2, 'criteria in the place of one that is too coarse'),
  },
  asksChat: true,
  build: (options, { seed }) => solutions(criteria({ ...options, seed })),
})
