// A task that a small model cannot do in its head, and solves with a calculator: products of two-digit numbers. One worked
// solution in five calls it, `{37*46=}1702`; the others say the result as if they knew it.
//
//   npx minform sft --model models/base --task ./calculator-task.ts --environment calculator --out warm
//   npx minform train pure-vr --model warm --task ./calculator-task.ts --environment calculator

import { below, type Task } from 'minform'

const task: Task = {
  name: 'calculator-task',
  generate(random) {
    const [left, right] = [11 + below(random, 89), 11 + below(random, 89)]
    const [text, answer] = [`${left}*${right}`, `${left * right}`]
    const step = random() < 0.2 ? `{${text}=}${answer}` : `${text}=${answer}`
    return {
      id: text,
      prompt: `Compute ${text}.\n\n`,
      answer,
      solution: [step, `\\boxed{${answer}}`],
      meta: {},
    }
  },
}
export default task
