import { ConfigError } from '../../../errors.ts'
import { judged } from '../judged.ts'
import { method, solutions } from './method.ts'

export const judgedMethod = method({
  name: 'judged',
  paper: 'arXiv:2509.25598',
  about: 'what a judge says of each step, or of the whole at its last step',
  differs: ['any judge of steps; marks of the paper are those of a chat model by principles'],
  options: {},
  asksJudge: true,
  rightAbove: 0.5,
  build: (_, { judge }) => {
    if (judge === null) throw new ConfigError('judged needs a judge: --prm, --judge or --oracle')
    return solutions(judged(judge))
  },
})
