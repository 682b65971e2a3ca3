// Arithmetic whose answers are judged by code: `meta.checks` are run on what the policy writes, in a sandbox. A problem counts
// only where its own solution passes all of them, and each known failure fails one.
//
//   npx minform train self-challenging --task ./checks-task.ts --environment checks --model models/base

import { type Task, taskOf } from 'minform'

const arithmetic = taskOf('nested-arithmetic')

const task: Task = {
  ...arithmetic,
  name: 'checks-task',
  generate(random, difficulty) {
    const problem = arithmetic.generate(random, difficulty)
    const [right, wrong] = [problem.answer!, `${Number(problem.answer) + 1}`]
    const solution = problem.solution!.join('\n\n')
    return {
      ...problem,
      meta: {
        ...problem.meta,
        checks: [
          `/\\\\boxed\\{(-?\\d+)\\}\\s*$/.exec(answer)?.[1] === '${right}'`,
          "answer.split('\\n\\n').length <= 6",
        ],
        solution,
        failures: [solution.replace(`\\boxed{${right}}`, `\\boxed{${wrong}}`), 'no answer'],
      },
    }
  },
}
export default task
