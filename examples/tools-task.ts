// Jars to fill, out of which nobody sees: how much is in one has to be asked, `{has b=}`, before `{move a b 3=}` moves the right amount.
// The environment `tools` runs both in a sandbox, and `meta.checks` judge what the jars hold in the end. Half of the worked
// solutions ask; the others move as if they knew.
//
//   npx minform sft --model models/base --task ./tools-task.ts --environment tools --out warm
//   npx minform train self-challenging --model warm --task ./tools-task.ts --environment tools

import { below, shuffled, type Task } from 'minform'

const jars = ['b', 'c'] as const

const task: Task = {
  name: 'tools-task',
  generate(random, difficulty) {
    const state = { a: 20 + below(random, 30), b: 1 + below(random, 20), c: 1 + below(random, 20) }
    const [first, second] = shuffled(random, jars)
    const fills = (difficulty > 1 ? [first!, second!] : [first!]).map(jar => {
      const n = 1 + below(random, 9)
      return { jar, n, to: state[jar] + n }
    })
    const asks = random() < 0.5
    const question = fills.map(({ jar, to }) => `Fill ${jar} to ${to} out of a.`).join(' ')
    const moves = fills.map(({ jar, n }) => `{move a ${jar} ${n}=}`)
    const others = difficulty > 1 ? [] : [second]
    return {
      id: `${question} ${JSON.stringify(state)}`,
      prompt: `${question}\n\n`,
      answer: null,
      solution: [
        ...fills.flatMap(({ jar, n, to }) => [
          ...(asks ? [`{has ${jar}=}${to - n}`, `${to}-${to - n}=${n}`] : []),
          `{move a ${jar} ${n}=}${to}`,
        ]),
        'done',
      ],
      meta: {
        tools: toolsOf(state),
        checks: [
          ...fills.map(({ jar, to }) => `state.${jar} === ${to}`),
          ...others.map(jar => `state.${jar} === before.${jar}`),
          'state.a + state.b + state.c === before.a + before.b + before.c',
        ],
        solution: moves.join('\n'),
        failures: [
          'done',
          moves.join('\n').replace(/\d+/, n => `${Number(n) + 1}`),
          moves.join('\n').replace('move a', 'move c'),
          [...moves, '{move b a 1=}'].join('\n'),
        ],
      },
    }
  },
}
export default task

function toolsOf(state: Readonly<Record<string, number>>): string {
  return `
    const state = ${JSON.stringify(state)}
    const known = jar => { if (!Object.hasOwn(state, jar)) throw Error('no jar ' + jar) }
    const tools = {
      has(jar) { known(jar); return state[jar] },
      move(from, to, n) {
        known(from); known(to)
        if (from === to || !(Number.isInteger(n) && n > 0 && n <= state[from])) throw Error('cannot')
        state[from] -= n
        state[to] += n
        return state[to]
      },
    }`
}
