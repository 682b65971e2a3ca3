import { z } from 'zod'
import type { Ran } from '../sandbox/job.ts'
import { judging, type Run } from './judging.ts'

const meta = z.looseObject({ reward: z.looseObject({ code: z.string().min(1) }) })

/**
 * Rewards a rollout by code that a model wrote, `meta.reward.code`, which has a function `reward(step, before, question)`: its part `coded`
 * is the mean over steps of what that gives (CARD, arXiv:2410.14660, section 3.1). The outcome is the grader's. Code that gives no number
 * is worth nothing: the part is 0.
 */
export const coded = judging(
  'coded',
  meta,
  ({ reward: { code } }, { question, prompt }) =>
    async (said, run) => {
      const found = said === null ? null : await rewardOf(code, said.text, question ?? prompt, run)
      return { parts: { coded: typeof found === 'object' && found !== null ? found.mean : 0 } }
    },
  { judges: false },
)

/** What code makes of a text: the mean over its steps, and that of each named term; or why it gives nothing. */
export interface CodedReward {
  readonly mean: number
  readonly terms: Readonly<Record<string, number>>
}

const value = z.union([z.number(), z.record(z.string(), z.number())])

/** Runs the code on each step of a text, which is parted by blank lines. A record of terms counts as its sum. */
export async function rewardOf(
  code: string,
  text: string,
  question: string,
  run: Run,
): Promise<CodedReward | string> {
  const steps = text
    .split(/\n[^\S\n]*\n/)
    .map(step => step.trim())
    .filter(step => step !== '')
  if (steps.length === 0) return 'the text has no steps'
  const [given, asked] = [JSON.stringify(steps), JSON.stringify(question)]
  const ask = `${given}.map((step, s, all) => reward(step, all.slice(0, s), ${asked}))`
  return rewardRead(await run({ language: 'javascript', code, asks: [ask] }))
}

function rewardRead(ran: Ran): CodedReward | string {
  if (ran.ended !== 'value') return `the code ended by ${ran.ended}: ${ran.message}`
  const one = 'values' in ran ? ran.values[0] : undefined
  if (typeof one !== 'string') return `reward ended by ${one?.ended}: ${one?.message}`
  const found = z.array(value).safeParse(JSON.parse(one))
  if (!found.success) return 'reward gave neither a number nor named numbers of some step'
  const all = found.data.map(x => (typeof x === 'number' ? { reward: x } : x))
  const names = [...new Set(all.flatMap(Object.keys))]
  const terms = Object.fromEntries(
    names.map(name => [name, all.reduce((sum, x) => sum + (x[name] ?? 0), 0) / all.length]),
  )
  const mean = Object.values(terms).reduce((a, b) => a + b, 0)
  return Number.isFinite(mean) ? { mean, terms } : 'reward gave a number that is not finite'
}
