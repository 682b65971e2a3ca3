// A task of one's own: digit sums, one addition a step. Its rule says what step comes next and judges any other, so it can
// label steps, measure policies, and make wrong steps: `--task ./own-task.ts`. learn-own-task.ts does without the command.

import * as minform from 'minform'

/** The state is what is left to add: the sum so far, and the digits to come. */
const rule: minform.StepRule<readonly number[]> = {
  start: problem => [...minform.metaText(problem, 'digits')].map(Number),
  right: ([sum = 0, digit]) => [
    digit === undefined ? `\\boxed{${sum}}` : `${sum}+${digit}=${sum + digit}`,
  ],
  advance(state, step) {
    if (step !== rule.right(state)[0]) return { wrong: 'not the next step' }
    const [sum = 0, digit, ...rest] = state
    return { next: digit === undefined ? 'solved' : [sum + digit, ...rest] }
  },
}
const offByOne: minform.Mistake<readonly number[]> = ([a = 0, b = 0]) => `${a}+${b}=${a + b + 1}`

const digitSums: minform.TaskFamily = {
  name: 'digit-sums',
  generate(random, difficulty) {
    const digits = Array.from({ length: 3 + difficulty }, () => 1 + minform.below(random, 9))
    const sums = digits.map((_, i) => digits.slice(0, i + 1).reduce((a, b) => a + b))
    const steps = digits.slice(1).map((digit, i) => `${sums[i]}+${digit}=${sums[i + 1]}`)
    const [text, answer] = [digits.join(''), String(sums.at(-1))]
    const solution = [...steps, `\\boxed{${answer}}`]
    return { id: text, prompt: `Add ${text}:\n\n`, answer, solution, meta: { digits: text } }
  },
  ...minform.byRule(rule, [offByOne]),
}

export default digitSums
