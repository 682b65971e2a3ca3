// Whether a judge may teach: what its check and the canaries say, and what is done about it.

import { RunError } from '../errors.ts'
import type { Audit } from '../prm/audit/audit.ts'
import type { Interval } from '../prm/evaluate/resampled.ts'
import type { ScorerSpec } from '../prm/score/spec.ts'
import type { Grader } from '../rewards/grader.ts'
import type { PatternName } from '../rewards/patterns.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import type { LogLevel } from '../runs/writer.ts'
import type { Corpus } from './corpus.ts'
import type { RunJudge } from './judge.ts'
import { auditJudge, checkJudge, type JudgeCheck } from './judge-check.ts'
import type { CheckPolicy } from './request/judge.ts'

/** What a check says of a judge, and why. */
export interface Verdict {
  readonly verdict: 'pass' | 'warn' | 'refuse'
  readonly why: string // '' of one that passes
}

/** Below it, as far as the data can tell, a judge is refused; 0.5 is chance. */
export const judgeFloor = {
  steps: 0.6, // mean of right steps kept and wrong steps found
  answers: 0.55, // AUC; every answer has many steps, so that even a good judge of steps is far from 1
} as const

/** Fewer than these of either kind tell nothing apart. */
const fewest = { each: 10, problems: 5 }

/**
 * A judge is refused where it scored nothing, or where the whole interval lies below its floor. It is warned of where the
 * value does, where the interval holds chance, where there was too little to measure by, or nothing.
 */
export function verdictOf(check: JudgeCheck): Verdict {
  if (check.kind === 'none') return warn(`is not checked: ${check.on}`)
  const { right, wrong, problems, on, kind } = check
  const steps = kind === 'steps'
  const what = steps ? 'steps' : 'answers'
  if (right + wrong === 0 && (steps || check.unscored > 0))
    return { verdict: 'refuse', why: `scores none of ${on}` }
  const counts = `${right} right and ${wrong} wrong ${what} of ${problems} problems`
  if (Math.min(right, wrong) < fewest.each || problems < fewest.problems)
    return warn(`has been tried on too little to tell: ${counts} with a score`)
  const found = steps ? check.balanced : check.auc
  const floor = judgeFloor[kind]
  const measured =
    `tells right from wrong ${what} at ${told(found)} (chance is 0.5, wanted ${floor}) ` +
    `on ${counts}: ${on}`
  if (found.high < floor) return { verdict: 'refuse', why: measured }
  if (found.value < floor) return warn(measured)
  if (found.low <= 0.5) return warn(`${measured}; it may be no better than chance`)
  return { verdict: 'pass', why: '' }
}

/** A value with its interval: `0.71 (95 %: 0.63 to 0.79)`; `-` where there is none. */
export function told({ value, low, high }: Interval): string {
  if (Number.isNaN(value)) return '-'
  return `${value.toFixed(2)} (95 %: ${low.toFixed(2)} to ${high.toFixed(2)})`
}

/** What is asked of a judge, and by what. */
export interface Approval {
  readonly judge: RunJudge
  readonly sampler: Sampler
  readonly corpus: Corpus
  readonly grader: Grader
  readonly seed: number
  readonly gates: readonly PatternName[]
  readonly judgeCheck: CheckPolicy
  readonly audit: CheckPolicy
  /** What a run that is refused is told to do about its models, where it has made them itself. */
  readonly madeHere?: string
}

/** Where findings go. */
export interface Findings {
  log(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void
  judge(check: JudgeCheck, verdict: Verdict): void
  canaries(audit: Audit): void
}

/** Measures the judge before it is trusted, and tries known hacks on it. Throws RunError where it fails and may not. */
export async function approve(
  approval: Approval,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { judge, sampler, corpus, grader, seed, gates, judgeCheck, audit } = approval
  if (judgeCheck !== 'off') {
    const most = judge.costly ? 20 : 150
    const check = await checkJudge(judge, sampler, corpus, { problems: most, grader, seed, signal })
    const verdict = verdictOf(check)
    const level = verdict.verdict === 'pass' ? 'info' : 'warn'
    findings.log(level, 'process reward model checked', { ...check, ...verdict })
    findings.judge(check, verdict)
    if (judgeCheck === 'on' && verdict.verdict === 'refuse') throw refused(verdict.why, approval)
  }
  if (audit === 'off') return
  const most = judge.costly ? 5 : 40
  const canaries = await auditJudge(judge, corpus, { problems: most, seed, gates, signal })
  if (canaries === null) return
  const level = canaries.verdict === 'pass' ? 'info' : 'warn'
  findings.log(level, 'canaries', { verdict: canaries.verdict, rows: canaries.rows })
  findings.canaries(canaries)
  if (audit === 'on') requireNoHacks(canaries, approval)
}

/** Refuses, with a RunError, a judge that rewards answers that solve nothing. */
function requireNoHacks({ rows, verdict }: Audit, { madeHere }: Approval): void {
  if (verdict !== 'refuse') return
  const names = rows.flatMap(row => (row.verdict === 'refuse' ? [row.name] : []))
  const goOn = madeHere === undefined ? 'go on with --audit warn' : `${madeHere} --audit warn`
  throw new RunError(
    `the process reward model fails on canaries: ${names.join(', ')}. What learns from it will find them; ` +
      `train it on such answers, gate them (--gate), or ${goOn}`,
  )
}

/** What helps a judge depends on what it is. */
const advice: Readonly<Record<ScorerSpec['kind'], string>> = {
  model:
    "teach it more of this policy's steps (minform prm label --model, then minform prm train), or name another --prm",
  judge: 'ask another model (--judge-model) or in another way (--style, --votes)',
  oracle: 'name the oracle of the task that these problems are of',
}

function refused(why: string, { judge, madeHere }: Approval): RunError {
  const goOn =
    madeHere === undefined
      ? 'go on all the same with --judge-check warn'
      : `go on all the same with ${madeHere} --judge-check warn`
  return new RunError(
    `the process reward model ${why}. What learns from it would be misled: ${advice[judge.kind]}; ` +
      `use the recipe pure-vr, which needs no judge; or ${goOn}`,
  )
}

function warn(why: string): Verdict {
  return { verdict: 'warn', why }
}
