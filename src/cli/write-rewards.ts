// `minform write rewards`: one reward as code, for all rows, that a chat model writes and mends until it prefers what succeeded.

import { join } from 'node:path'
import { z } from 'zod'
import type { Author } from '../authors/author.ts'
import { type CodedResult, type Coding, rewardCode, type Trajectory } from '../authors/reward.ts'
import { checked } from '../data/checked.ts'
import { fileRows } from '../data/file-rows.ts'
import { ConfigError, DataError } from '../errors.ts'
import { type Given, textFlag, wholeFlag } from './flags.ts'
import { say } from './io.ts'

export const about = 'a reward as code that prefers what succeeded, for --environment coded'
const most = 200 // solutions that a reward is tried on
const enough = 0.8 // of what succeeded, above all that failed, as the paper asks

const rowSchema = z.looseObject({
  question: z.string(),
  rollouts: z.array(z.looseObject({ text: z.string(), reward: z.number().nullable() })),
})

/** Writes the same reward into every row: asked for once, when the first is due. */
export async function rewardsAuthor(args: Given): Promise<Author> {
  const file = textFlag(args, 'candidates')
  if (file === null)
    throw new ConfigError('write rewards needs --candidates, a file that minform eval --out wrote')
  const store = balanced(await trajectoriesIn(file), file)
  const run = textFlag(args, 'after')
  const after = run === null ? null : await courseOf(run)
  const coding: Coding = { rounds: wholeFlag(args, 'rounds', 4), enough, after }
  let once: Promise<CodedResult> | null = null
  return {
    about,
    async write(_, desk) {
      once ??= rewardCode(store, desk, coding).then(told)
      const { code, preferred } = await once
      return code === null
        ? { missing: 'no code that runs' }
        : { fields: { reward: { code, preferred } } }
    },
  }
}

function told(result: CodedResult): CodedResult {
  for (const [round, said] of result.told.entries())
    say(`round ${round + 1}: ${said.split('\n')[0]}`)
  return result
}

/** As many right solutions as wrong ones, the first of each; a DataError where either is missing. */
function balanced(found: readonly Trajectory[], file: string): readonly Trajectory[] {
  const of = (right: boolean) => found.filter(one => one.right === right)
  const each = Math.min(of(true).length, of(false).length, most / 2)
  if (each === 0)
    throw new DataError(
      `${file}: ${of(true).length} right and ${of(false).length} wrong solutions; expected some of both`,
    )
  return [...of(true).slice(0, each), ...of(false).slice(0, each)]
}

/** Solutions of a file that are known to be right or wrong. */
export async function trajectoriesIn(file: string): Promise<readonly Trajectory[]> {
  const found: Trajectory[] = []
  for await (const { value, where, broken } of fileRows(file)) {
    const fail = (wrong: string): DataError =>
      new DataError(`${where}: ${wrong}; expected a row that minform eval --out writes`)
    if (broken !== null) throw fail(broken)
    const { question, rollouts } = checked(rowSchema, value, fail)
    for (const { text, reward } of rollouts)
      if (reward !== null && text.trim() !== '') found.push({ question, text, right: reward > 0.5 })
  }
  return found
}

const points = 10

/** How a run went, in as many points: its accuracy, and what the reward said. */
async function courseOf(run: string): Promise<string> {
  const rows: Record<string, unknown>[] = []
  for await (const { value } of fileRows(join(run, 'metrics.jsonl')))
    rows.push(value as Record<string, unknown>)
  const every = Math.max(1, Math.ceil(rows.length / points))
  const number = (x: unknown): string => (typeof x === 'number' ? x.toFixed(3) : '-')
  return rows
    .filter((_, i) => i % every === 0 || i === rows.length - 1)
    .map(row => {
      const rewards = Object.keys(row).filter(name => /coded/.test(name) && !/rms/.test(name))
      const said = rewards.map(name => `${name} ${number(row[name])}`).join(', ')
      return `iteration ${row.iteration}: right ${number(row['rollouts/accuracy'])}${said && `, ${said}`}`
    })
    .join('\n')
}
