import { majority } from '../../../search/majority.ts'
import { method } from './method.ts'

export const majorityMethod = method({
  name: 'majority',
  paper: 'arXiv:2203.11171',
  about: 'n answers, the most frequent one; no judge',
  judge: false,
  options: {},
  build: (_, { n }) => majority({ n }),
})
