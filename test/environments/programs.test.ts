import { describe, expect, test } from 'vitest'
import { checks } from '../../src/environments/checks.ts'
import { passes, program } from '../../src/environments/program.ts'
import type { Environment } from '../../src/rollouts/environment.ts'
import type { Json } from '../../src/types.ts'

const signal = new AbortController().signal

async function scoreOf(environment: Environment, meta: Record<string, Json>, text: string | null) {
  const problem = { id: 'p', prompt: '?', answer: null, solution: null, meta }
  const talk = await environment.open(problem, 1, signal)
  if (text !== null) await talk.reply(text, signal)
  return talk.score!(signal)
}

describe('a program is judged by its tests', () => {
  const tests = [
    { call: 'twice(2)', value: 4 },
    { call: 'twice(-1)', value: -2 },
    { call: '[twice(1), {a: 1, b: twice(0)}]', value: [2, { b: 0, a: 1 }] },
  ]
  test.each([
    ['right', '<answer>const twice = x => 2 * x</answer>', 1, 1, 1],
    ['right in part', '<answer>const twice = x => x * x</answer>', 0, 1 / 3, 1],
    ['without what is called', '<answer>const half = x => x</answer>', 0, 0, 1],
    ['one that cannot be read', '<answer>const twice = (</answer>', 0, 0, 0],
    ['one that does not end', '<answer>for (;;);</answer>', 0, 0, 0],
    [
      'one that knows how it is read',
      '<answer>JSON.stringify = () => "4"; const twice = () => ({ toJSON: () => 4 })</answer>',
      0,
      1 / 3,
      1,
    ],
    ['no program', 'twice is x + x', 0, 0, 0],
    ['nothing, cut off', null, 0, 0, 0],
  ])('%s', async (_, text, outcome, passed, runs) => {
    const score = await scoreOf(program, { tests }, text)
    expect(score).toMatchObject({ outcome, parts: { runs } })
    expect(score.parts!.passed).toBeCloseTo(passed, 6)
  })

  test('its statements are counted, and its form', async () => {
    const code = 'let sum = 0;\nfor (const x of xs)\n  sum += x;\n\n'
    const said = (text: string) => scoreOf(program, { tests: [{ call: '1', value: 1 }] }, text)
    expect((await said(`<answer>${code}</answer>`)).parts).toMatchObject({
      statements: 3,
      format: 1,
    })
    expect((await said(`\`\`\`js\n${code}\`\`\``)).parts).toMatchObject({
      statements: 3,
      format: 0,
    })
  })

  test('what gave no value passes nothing', () => {
    expect(passes({ ended: 'memory', message: '' }, [null, 1])).toEqual([false, false])
    const stopped = { ended: 'error', message: '' } as const
    expect(passes({ ended: 'value', values: ['null', stopped] }, [null, null])).toEqual([
      true,
      false,
    ])
  })
})

describe('an answer is judged by checks', () => {
  const short = 'answer.split(/\\s+/).length <= 4'
  test.each([
    ['all hold', [short, 'answer.includes("yes")'], 'yes it is', 1, 1],
    ['one holds', [short, 'answer.includes("yes")'], 'no', 0, 0.5],
    ['one throws, which is not held', [short, 'answer.nothing()'], 'no', 0, 0.5],
    ['one gives what is not true', ['1', '"true"', 'true'], 'no', 0, 1 / 3],
    ['there are none', [], 'no', 1, 0.5],
    ['the tags are read first', ['answer === "yes"'], 'well <answer> yes </answer>', 1, 1],
    ['a quote breaks nothing', ['answer.length === 9'], '");true//\n', 0, 0],
  ])('%s', async (_, checked, text, outcome, held) => {
    const score = await scoreOf(checks, { checks: checked }, text)
    expect(score.outcome).toBe(outcome)
    expect(score.parts!.held).toBeCloseTo(held, 6)
  })

  // the filter of generated tasks (arXiv:2506.01716)
  const meta = {
    checks: ['Number(answer) % 7 === 0', 'Number(answer) > 10'],
    solution: '14',
    failures: ['7', '15', ''],
  }
  test.each([
    ['solution passes, failures fail', {}, null],
    ['the solution fails', { solution: '15' }, 'its own solution fails'],
    ['one failure passes', { failures: ['7', '21'] }, 'should fail passes all checks: 21'],
    ['a check throws on the solution', { checks: ['answer.no()'] }, 'a check cannot be run'],
    [
      'a check throws on a failure',
      { checks: ['answer.length < 3 ? true : nothing()'], failures: ['1234'] },
      'a check cannot be run',
    ],
    ['a check does not end', { checks: ['(() => { for (;;); })()'] }, 'a check cannot be run'],
  ])('a task is kept or dropped: %s', async (_, change, fault) => {
    const found = scoreOf(checks, { ...meta, ...change } as Record<string, Json>, '28')
    if (fault === null) expect(await found).toMatchObject({ outcome: 1 })
    else await expect(found).rejects.toThrow(fault)
  })
})
