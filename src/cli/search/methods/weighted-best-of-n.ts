import { weightedBestOfN } from '../../../search/weighted-best-of-n.ts'
import { method } from './method.ts'

export const weightedBestOfNMethod = method({
  name: 'weighted-best-of-n',
  paper: 'arXiv:2206.02336',
  about: 'n answers, the one with the highest sum of scores',
  judge: true,
  options: {},
  build: (_, needs) => weightedBestOfN(needs),
})
