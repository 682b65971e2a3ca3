// A task of a user's own in every command that takes a task: labels, oracles, evaluations, preparation.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { Command } from '../../src/cli/dispatch.ts'
import evaluate from '../../src/cli/eval.ts'
import prepare from '../../src/cli/prepare.ts'
import audit from '../../src/cli/prm/audit.ts'
import label from '../../src/cli/prm/label.ts'
import score from '../../src/cli/prm/score.ts'
import train from '../../src/cli/prm/train.ts'
import { userFiles } from '../user/files.ts'
import { printedBy, recordsOf, rowsFile } from './commands.ts'

const base = fileURLToPath(new URL('../../models/base', import.meta.url))
const { folder, file, remove } = userFiles()
afterAll(remove)

/** Sums of digits, one addition a step, by a rule that judges and makes mistakes. */
const sums = file(
  'sums.ts',
  `import { below, byRule, metaText, type Mistake, type StepRule, type Task } from 'minform'
const rule: StepRule<readonly number[]> = {
  start: problem => [...metaText(problem, 'digits')].map(Number),
  right: ([sum = 0, digit]) => [digit === undefined ? \`\\\\boxed{\${sum}}\` : \`\${sum}+\${digit}=\${sum + digit}\`],
  advance(state, step) {
    if (step !== rule.right(state)[0]) return { wrong: 'not the next step' }
    const [sum = 0, digit, ...rest] = state
    return { next: digit === undefined ? 'solved' : [sum + digit, ...rest] }
  },
}
const offByOne: Mistake<readonly number[]> = ([a = 0, b = 0]) => \`\${a}+\${b}=\${a + b + 1}\`
const task: Task = {
  name: 'sums',
  generate(random) {
    const [a, b] = [below(random, 50), below(random, 10)]
    const meta = { digits: \`\${a % 10}\${b}\` }
    const solution = [\`\${a % 10}+\${b}=\${(a % 10) + b}\`, \`\\\\boxed{\${(a % 10) + b}}\`]
    return { id: \`\${a}-\${b}\`, prompt: \`Compute \${a}+\${b}.\\n\\n\`, answer: String((a % 10) + b), solution, meta }
  },
  ...byRule(rule, [offByOne]),
}
export default task`,
)
/** Nothing but problems, without answers; it says itself what is right. */
const bare = file(
  'bare.ts',
  `import { below, type Random } from 'minform'
export default {
  name: 'bare',
  generate: (random: Random) => ({ prompt: 'Compute ' + below(random, 90) + '+' + below(random, 90) + '.\\n\\n' }),
  grade: (problem: unknown, text: string) => (text.includes('7') ? 1 : 0),
}`,
)

const printed = (command: Command, ...rawArgs: readonly string[]): Promise<string> =>
  printedBy(command, rawArgs)
const rowsOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

test('prm label: its mistakes and its oracle', async () => {
  const out = join(folder, 'mutations.jsonl')
  await printed(label, '--method', 'mutation', '--task', sums, '--count', '6', '--out', out)
  const rows = rowsOf(out)
  expect(rows).toHaveLength(12)
  const wrong = rows.filter(({ labels }) => labels.includes(0))
  expect(wrong).toHaveLength(6)
  for (const { steps, labels } of wrong) {
    const [left, right] = steps[labels.indexOf(0)].split('=')
    const [a, b] = left.split('+').map(Number)
    expect(Number(right)).toBe(a + b + 1)
  }
})

test('prm label: a task that grades itself needs no answers', async () => {
  const out = join(folder, 'labels.jsonl')
  const method = ['--method', 'monte-carlo', '--completions', '2', '--samples', '2']
  const place = ['--model', base, '--threads', '1', '--max-tokens', '40', '--json']
  const asked = ['--task', bare, '--count', '3', '--out', out]
  const report = JSON.parse(await printed(label, ...method, ...place, ...asked))
  const rows = rowsOf(out)
  expect(report).toMatchObject({ problems: 3 })
  expect(rows).toHaveLength(6)
  for (const { steps, answerRight } of rows)
    expect(answerRight).toBe(steps.join('\n\n').includes('7'))
})

test('prm score --oracle: its oracle', async () => {
  const problem = { prompt: 'Compute 13+4.\n\n', answer: '7', meta: { digits: '34' } }
  const rows = [
    ['3+4=7', '\\boxed{7}'],
    ['3+4=8', '\\boxed{8}'],
  ].map(steps => ({ problem, steps }))
  const found = await recordsOf<{ scores: unknown }>(score, [rowsFile(rows), '--oracle', sums])
  expect(found.map(({ scores }) => scores)).toEqual([
    [1, 1],
    [0, null],
  ])
})

test('eval: its problems, judged by itself, or by a reward', async () => {
  const place = ['--model', base, '--threads', '1', '--max-tokens', '40', '--n', '2', '--no-greedy']
  const asked = ['--task', bare, '--count', '4', '--json']
  const out = join(folder, 'attempts.jsonl')
  await printed(evaluate, ...place, ...asked, '--out', out)
  const rollouts = rowsOf(out).flatMap(row => row.rollouts)
  expect(rollouts).toHaveLength(8)
  for (const { text, reward } of rollouts) expect(reward).toBe(Number(text.includes('7')))
  const none = file('none.ts', 'export default () => 0')
  const judged = JSON.parse(await printed(evaluate, ...place, ...asked, '--reward', none))
  expect(judged.sampled).toMatchObject({ share: 0, n: 4 })
})

test.each([
  ['prm score', score, ['-', '--oracle', bare], 'the task bare has no oracle: --oracle needs it'],
  [
    'prm train',
    train,
    ['--model', base, '--task', bare, '--out', join(folder, 'judge'), '--threads', '1'],
    'bare, difficulty 1 has no oracle that could label steps; give --data',
  ],
  [
    'prepare',
    prepare,
    ['--task', bare, '--out', join(folder, 'models')],
    'the task bare gives problems without a solution to imitate',
  ],
  ['prm audit', audit, ['--oracle', sums, '--task', './no.ts'], './no.ts: there is no such file'],
] as const)('%s says what a task lacks', async (_, command, args, message) => {
  await expect(printed(command as Command, ...args)).rejects.toThrow(message)
  expect(existsSync(join(folder, 'models', 'base'))).toBe(false)
})
