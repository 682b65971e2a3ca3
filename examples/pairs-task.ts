// A judge of pairs: two results of one sum, of which it says which is right, after it has worked that out itself. Which comes
// first is drawn, so that a place is worth nothing.
//
//   npx minform train rm-r1 --task ./pairs-task.ts --from-scratch

import { below, pairVerdict, type Task } from 'minform'

const verdict = pairVerdict()

const task: Task = {
  name: 'pairs-task',
  generate(random, difficulty) {
    const most = [9, 20, 50, 99][difficulty]!
    const [left, right] = [1 + below(random, most), 1 + below(random, most)]
    const wrong = left + right + (random() < 0.5 ? 1 : -1) * (1 + below(random, 3))
    const better = random() < 0.5 ? 'A' : 'B'
    const [a, b] = better === 'A' ? [left + right, wrong] : [wrong, left + right]
    const question = `${left}+${right}: A ${a} or B ${b}?`
    return {
      id: question,
      prompt: `${question}\n\n`,
      answer: better,
      solution: [`${left}+${right}=${left + right}`, `<answer>[[${better}]]</answer>`],
      meta: {},
    }
  },
  grade: ({ answer }, text) => verdict({ gold: answer, pred: text }).correct,
}
export default task
