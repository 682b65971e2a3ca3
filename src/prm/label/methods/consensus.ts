import { ConfigError } from '../../../errors.ts'
import { consensus } from '../consensus.ts'
import { completions, method, solutions } from './method.ts'

export const consensusMethod = method({
  name: 'consensus',
  paper: 'arXiv:2501.07301',
  about: 'completions and a judge that name the same first error',
  differs: [],
  options: { completions: completions(8) },
  asksJudge: true,
  build: (options, { seed, judge }) => {
    if (judge === null) throw new ConfigError('consensus needs a judge: --prm, --judge or --oracle')
    return solutions(consensus({ ...options, seed, judge }))
  },
})
