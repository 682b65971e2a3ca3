import { byOracle } from '../oracle.ts'
import { method, solutions } from './method.ts'

export const oracleMethod = method({
  name: 'oracle',
  paper: 'arXiv:2305.20050',
  about: 'the oracle of a procedural task, as people label in PRM800K',
  differs: ['an oracle instead of people; no neutral ratings'],
  options: {},
  build: (_, { oracleOf }) => solutions(byOracle(oracleOf)),
})
