import { z } from 'zod'
import { VerifierError } from '../errors.ts'
import type { Ran } from '../sandbox/job.ts'
import { judging, type Run } from './judging.ts'

const meta = z.looseObject({
  checks: z.array(z.string()),
  solution: z.string().optional(),
  failures: z.array(z.string()).default([]),
})

/**
 * Judges an answer by `meta.checks`, expressions of JavaScript over `answer`, its text: the outcome is 1 where all are true. Its
 * part `held` is the share of them that is; 0.5 where there are none (RewardAgent, arXiv:2502.19328). A problem is used only where
 * `meta.solution` passes all of them, and each of `meta.failures` fails one (Self-Challenging, arXiv:2506.01716): else it counts
 * for nothing, and the reason is told.
 */
export const checks = judging('checks', meta, ({ checks, solution, failures }) => {
  return async (said, run) => {
    const fault = await faultOf(checks, { solution, failures }, run)
    if (fault !== null) throw new VerifierError(fault)
    if (said === null) return { outcome: 0, parts: { held: 0 } }
    const held = await holding(checks, said.answer ?? said.text, run)
    const share = checks.length === 0 ? 0.5 : held.filter(Boolean).length / checks.length
    return { outcome: Number(held.every(Boolean)), parts: { held: share } }
  }
})

/** Why a problem's checks cannot be trusted: on its own solution, or on an answer that is known to be wrong; null: they can. */
export async function faultOf(
  checks: readonly string[],
  {
    solution,
    failures,
  }: { readonly solution?: string | undefined; readonly failures: readonly string[] },
  run: Run,
): Promise<string | null> {
  if (solution !== undefined && !(await holding(checks, solution, run, true)).every(Boolean))
    return 'its own solution fails a check'
  for (const failure of failures)
    if ((await holding(checks, failure, run, true)).every(Boolean))
      return `an answer that should fail passes all checks: ${failure.slice(0, 80)}`
  return null
}

/** Which checks an answer passes. A check that throws is not passed; where `strict` is set it makes the problem void. */
async function holding(
  checks: readonly string[],
  answer: string,
  run: Run,
  strict = false,
): Promise<boolean[]> {
  const ran = await run({
    language: 'javascript',
    code: `const answer = ${JSON.stringify(answer)}`,
    asks: checks,
  })
  const values = valuesOf(ran)
  const broken = values.find(one => typeof one !== 'string')
  if (strict && broken !== undefined && typeof broken !== 'string')
    throw new VerifierError(`a check cannot be run: ${broken.message}`)
  return values.map(one => one === 'true')
}

function valuesOf(ran: Ran) {
  if (ran.ended === 'value' && 'values' in ran) return ran.values
  throw new VerifierError(
    `checks cannot be run: ${ran.ended === 'value' ? 'no values' : ran.message}`,
  )
}
