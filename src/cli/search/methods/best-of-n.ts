import { bestOfN } from '../../../search/best-of-n.ts'
import { method } from './method.ts'

export const bestOfNMethod = method({
  name: 'best-of-n',
  paper: 'arXiv:2110.14168',
  about: 'n answers, the one that the judge likes best',
  judge: true,
  options: {},
  build: (_, needs) => bestOfN(needs),
})
