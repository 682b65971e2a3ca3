// A judge of solutions: sums worked out step by step, of which one step may be wrong. The answer is the index of the first wrong
// step, or -1. Whoever names it goes through the steps.
//
//   npx minform train fapo-judge --task ./judge-task.ts --from-scratch

import { below, type Task, taskOf } from 'minform'

const sums = taskOf('nested-arithmetic')

const task: Task = {
  name: 'judge-task',
  generate(random, difficulty) {
    const problem = sums.generate(random, difficulty)
    const right = problem.solution ?? []
    const at = below(random, right.length + 1) // the last is none
    const mistake = at === right.length ? null : sums.wrongStep(problem, right, at, random)
    const steps = mistake === null ? right : right.with(at, mistake)
    const first = mistake === null ? -1 : at
    const shown = steps.map((step, s) => `${s} ${step}`).join('\n')
    const judged = steps.slice(0, first < 0 ? steps.length : first)
    const verdicts = judged.map((_, s) => `${s} is right`)
    return {
      id: shown,
      prompt: `${problem.prompt.trim()}\n${shown}\n\n`,
      answer: String(first),
      solution: [...verdicts, `\\boxed{${first}}`],
      meta: { steps: steps.length },
    }
  },
}
export default task
