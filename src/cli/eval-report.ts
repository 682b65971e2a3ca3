import type { AttemptsReport, Share } from '../eval/attempts.ts'
import type { Reasoned } from '../eval/reasoned.ts'
import type { EvalRequest } from './eval-request.ts'
import { percent } from './percent.ts'

/** What `minform eval` prints: every share with its 95 % interval and what it is a share of. */
export function evalLines(
  report: AttemptsReport,
  { model, source, seed, temperature, selected }: EvalRequest,
  { chosen, unreadable }: { readonly chosen: number | null; readonly unreadable: number },
): string {
  const { problems, samples, ungraded, sampled, passAtN, greedy } = report
  const drawn = `${samples} samples each at temperature ${temperature}, seed ${seed}`
  const rows = [
    ['sampled right', withInterval(sampled, 'problems')],
    ...(greedy === null ? [] : [['likeliest right', withInterval(greedy, 'problems')]]),
    [`one of ${samples} right`, withInterval(passAtN, 'problems')],
    ...(report.reasoned === null ? [] : [['reasoned', reasonedText(report.reasoned)]]),
    ['solved sometimes', `${report.sometimes} of ${problems - ungraded} problems`],
    ['without a box', `${percent(report.boxless)} of ${problems * samples} samples`],
    ['cut off', `${percent(report.cutOff)} of ${problems * samples} samples`],
    ['tokens', `${report.tokens.toFixed(1)} a sample`],
  ] as const
  const width = Math.max(...rows.map(([name]) => name!.length))
  return [
    `${model} on ${problems} problems of ${source}, ${drawn}`,
    ...rows.map(([name, text]) => `  ${name!.padEnd(width)}  ${text}`),
    ...(ungraded > 0 ? [`  ${ungraded} problems have no answer that can be graded`] : []),
    ...(unreadable > 0
      ? [
          `  ${unreadable} problems are left out: too long for the model, or its vocabulary lacks a letter`,
        ]
      : []),
    ...(chosen === null ? [] : [`${chosen} of ${problems} problems are in ${selected!.file}`]),
    '',
  ].join('\n')
}

/** How many right answers follow from right steps, and pass@k beside it. */
function reasonedText({ right, sound, soundOfRight, curve }: Reasoned): string {
  const last = curve.at(-1)
  const at = last
    ? `; one of ${last.k} right ${percent(last.passed)}, reasoned ${percent(last.sound)}`
    : ''
  return `${percent(soundOfRight)} of right answers, ${sound} of ${right}, by right steps alone${at}`
}

function withInterval({ share, low, high, n }: Share, of: string): string {
  return `${percent(share)} (95 %: ${percent(low)} to ${percent(high)}), n ${n} ${of}`
}
