// What a process reward model says of two hand-written solutions, and what two credit rules make of it. Summed, one
// wrong step is made up for by the right steps around it; by the soft minimum, a solution is worth its worst step.

import * as minform from 'minform'
import { credit } from 'minform'

const problem: minform.Problem = {
  id: 'first',
  prompt: 'Compute ((3+4)*2)-5.\n\n',
  answer: '9',
  solution: null,
  meta: {},
}
const solutions = [
  ['3+4=7, so (7*2)-5', '7*2=14, so 14-5', '14-5=9, so 9', '\\boxed{9}'],
  ['3+4=7, so (7*2)-5', '7*2=16, so 16-5', '16-5=11, so 11', '\\boxed{11}'],
]

const tokenizer = await minform.loadTokenizer(minform.carriedModels.prm)
const judge = await minform.openEngine({ kind: 'onnx', folder: minform.carriedModels.prm })
const rollouts = solutions.map(steps =>
  minform.asRollout(minform.textRollout(problem.prompt, steps, true, tokenizer)),
)
const group: minform.Group = { problem, rollouts }
const [rewards] = await minform.stepScores(judge)([group])
await judge.close()

const softMin_G_T = credit.softMin({ temperature: 0.1 })(group, rewards!)
const sum_G_T = credit.sum()(group, rewards!)
const cell = (x: number | undefined): string => x!.toFixed(2).padStart(9)
rollouts.forEach(({ steps }, g) => {
  console.log(`\n${problem.prompt.trim()}`.padEnd(30), '   score soft-min      sum')
  steps.forEach(({ text, start }, s) => {
    const credited = [rewards!.steps_G_S[g]![s], softMin_G_T[g]![start], sum_G_T[g]![start]]
    console.log(`  ${text}`.padEnd(27), credited.map(cell).join(''))
  })
})
