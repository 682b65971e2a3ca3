import type { AttemptsReport, Share } from '../eval/attempts.ts'
import type { BehaviourReport } from '../eval/behaviour.ts'
import type { Reasoned, ReasonedBand } from '../eval/reasoned.ts'
import type { Measured } from './eval-measures.ts'
import type { EvalRequest } from './eval-request.ts'
import { percent } from './percent.ts'

interface Counts {
  readonly chosen: number | null // problems that were written
  readonly unreadable: number // problems that the model cannot read
  readonly unread: string // why
}

/** What `minform eval` prints: every share with its 95 % interval and what it is a share of. */
export function evalLines(
  report: AttemptsReport,
  { model, source, seed, temperature, selected, answers }: EvalRequest,
  { chosen, unreadable, unread }: Counts,
): string {
  const { problems, samples, ungraded, sampled, passAtN, greedy } = report
  const drawn = `${samples} samples each at temperature ${temperature}, seed ${seed}`
  const missing = answers.environment === null ? 'without a box' : 'without an answer'
  const rows = [
    ['sampled right', withInterval(sampled, 'problems')],
    ...(greedy === null ? [] : [['likeliest right', withInterval(greedy, 'problems')]]),
    [`one of ${samples} right`, withInterval(passAtN, 'problems')],
    ...(report.reasoned === null ? [] : [['reasoned', reasonedText(report.reasoned)]]),
    ...(report.judged === null ? [] : bandRows(report.judged)),
    ['solved sometimes', `${report.sometimes} of ${problems - ungraded} problems`],
    ...(report.unanswered === null
      ? []
      : [[missing, `${percent(report.unanswered)} of ${problems * samples} samples`]]),
    ['cut off', `${percent(report.cutOff)} of ${problems * samples} samples`],
    ['tokens', `${Number.isFinite(report.tokens) ? report.tokens.toFixed(1) : '-'} a sample`],
    ...(report.behaviour === null ? [] : behaviourRows(report.behaviour, problems * samples)),
  ] as const
  const width = Math.max(...rows.map(([name]) => name!.length))
  return [
    `${model} on ${problems} problems of ${source}, ${drawn}`,
    ...rows.map(([name, text]) => `  ${name!.padEnd(width)}  ${text}`),
    ...(ungraded > 0 ? [`  ${ungraded} problems have no answer that can be graded`] : []),
    ...(unreadable > 0 ? [`  ${unreadable} problems are left out: ${unread}`] : []),
    ...(chosen === null ? [] : [`${chosen} of ${problems} problems are in ${selected!.file}`]),
    '',
  ].join('\n')
}

/** How different samples of one problem are, and whether they reason in code. */
function behaviourRows(
  { code, equations, answers, tokens, distinct }: BehaviourReport,
  samples: number,
): readonly (readonly [string, string])[] {
  const read = tokens === null ? '' : `, of tokens ${tokens.toFixed(3)}`
  return [
    ['right and different', distinct.map(one => `${one.least}: ${percent(one.share)}`).join(', ')],
    ['equations', `${equations.toFixed(1)} different ones a problem`],
    ['entropy', `of answers ${answers.toFixed(3)} nats${read}`],
    ...(code > 0 ? [['in code', `${percent(code)} of ${samples} samples`] as const] : []),
  ]
}

/** How likely another model finds the samples, and how soon an answer could have been given. */
export function measureLines(
  { under, inTime }: EvalRequest,
  { likelihood, regret }: Measured,
): string[] {
  const known = (value: number | null): string => (value === null ? '-' : value.toFixed(3))
  const lines: string[] = []
  if (likelihood !== undefined) {
    const { samples, own, other, right, wrong, theirs, within } = likelihood
    lines.push(
      `under ${under}, n ${samples} samples: median perplexity ${known(other)}, of right ones ${known(right)}, of wrong ones ${known(wrong)}; under the policy itself ${known(own)}`,
    )
    if (theirs !== null)
      lines.push(
        `  that one's own samples have ${known(theirs)}; ${percent(within!)} of these are as likely as 95 % of those`,
      )
  }
  if (regret !== undefined) {
    const each = regret.curve.map(one => `${one.budget} tokens ${known(one.regret)}`).join(', ')
    lines.push(
      `regret of a budget, n ${regret.rollouts} samples, ${inTime!.attempts} forced answers behind each step: ${each}`,
    )
  }
  return lines
}

/** How many right answers follow from right steps, and pass@k beside it. */
function reasonedText({ right, sound, soundOfRight, curve }: Reasoned): string {
  const last = curve.at(-1)
  const at = last
    ? `; one of ${last.k} right ${percent(last.passed)}, reasoned ${percent(last.sound)}`
    : ''
  return `${percent(soundOfRight)} of right answers, ${sound} of ${right}, by right steps alone${at}`
}

/** The same by a chat model: where one of its votes says so, most, or all. */
function bandRows({ any, most, all, unjudged }: ReasonedBand) {
  const text = (one: Reasoned, more = ''): string => `${reasonedText(one)}${more}`
  const left = unjudged > 0 ? `; ${unjudged} answers were not judged` : ''
  return [
    ['  by most votes', text(most, left)],
    ['  by one vote', text(any)],
    ['  by all votes', text(all)],
  ] as const
}

function withInterval({ share, low, high, n }: Share, of: string): string {
  return `${percent(share)} (95 %: ${percent(low)} to ${percent(high)}), n ${n} ${of}`
}
