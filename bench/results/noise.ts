// docs/results-noise.md: how much error of a judge each credit rule bears.

import { formatSpread, inPercent, markdownTable, termsTable } from '../../src/compare/report.ts'
import type { VariantSummary } from '../../src/compare/summary.ts'
import { notRun } from './not-run.ts'
import { smallMultiples } from './small-multiples.ts'
import type { Found, Study } from './study.ts'
import { changeOf, points, verdictOf, verdictRule } from './verdicts.ts'

const recipe = 'bench/results/recipes/step-credit.ts'
const shares = [0, 0.1, 0.2, 0.3, 0.4]

/** Rules by what they are called here, with the options that make them; the last two learn from outcomes too, as their papers do. */
const rules: Readonly<Record<string, string>> = {
  sum: 'rule=sum',
  mean: 'rule=mean',
  'suffix-min': 'rule=suffix-min',
  'soft-min': 'rule=soft-min',
  'worst step': 'rule=worst-step',
  'worst step for all tokens': 'rule=worst-for-all',
  'value gain': 'rule=gain',
  'PR-Clip-Delta': 'rule=clip-delta,outcomeWeight=1',
  PAV: 'rule=gain,baseline=none,processWeight=3,outcomeWeight=1',
}

const variantOf = (rule: string, share: number): string =>
  `${recipe}:${rules[rule]}${share === 0 ? '' : `,wrong=${share}`}`

const picture = { file: 'results-noise.svg', title: 'accuracy by how often the judge is wrong' }

/** Every rule at every share of wrong scores; the oracle of the task is what is turned round. */
export const noise: Study = {
  name: 'noise',
  about: 'how much error of a judge each credit rule bears',
  file: 'results-noise.md',
  out: 'noise',
  seeds: 3,
  parts: {
    '.': {
      variants: Object.keys(rules).flatMap(rule => shares.map(share => variantOf(rule, share))),
      iterations: 60,
      evalEvery: 10,
      reference: variantOf('worst step for all tokens', 0),
      flags: { oracle: 'nested-arithmetic', audit: 'off', judgeCheck: 'off' },
    },
  },
  document: found => ({ text: page(found), pictures: { [picture.file]: drawn(found) } }),
}

/** The variants of a rule, by share of wrong scores. */
function ofRule({ parts }: Found, rule: string): readonly VariantSummary[] {
  const { variants } = parts['.']!
  const at = Object.keys(rules).indexOf(rule) * shares.length
  return variants.slice(at, at + shares.length)
}

function page(found: Found): string {
  const summary = found.parts['.']!
  const cell = (variant: VariantSummary): string =>
    `${formatSpread(variant.measures.lastValidation, inPercent)} (n = ${variant.n})`
  return [
    '# How much error of a judge each credit rule bears',
    `Steps are judged by the oracle of the task, and each score is turned round with a known chance: by the seed, the problem and the ` +
      'steps up to there, so that the same steps are always misjudged alike. `npm run results -- noise` runs it all and writes this page.',
    `Seeds 1 to ${summary.seeds}, ${summary.iterations} iterations each, leave-one-out where nothing else is said; written on ${found.machine}. ` +
      'PR-Clip-Delta and PAV learn from outcomes too, as their papers do; the others from the judge alone.',
    '## What each bears',
    Object.keys(rules)
      .map(rule => `- ${sentence(rule, ofRule(found, rule))}`)
      .join('\n'),
    `- ${verdictRule}`,
    '## Accuracy on validation problems at the end, in %',
    markdownTable([
      ['rule', ...shares.map(share => `${100 * share} % wrong`)],
      ...Object.keys(rules).map(rule => [rule, ...ofRule(found, rule).map(cell)]),
    ]),
    `![${picture.title}, by iteration, a panel a rule](${picture.file})`,
    `The options of each rule, of \`${recipe}\`:`,
    markdownTable([['rule', 'options'], ...Object.entries(rules).map(([a, b]) => [a, `\`${b}\``])]),
    ...notRun(summary),
    '## Terms',
    termsTable(summary),
    '',
  ].join('\n\n')
}

/** Up to which share a rule learns, and what happens above it. */
function sentence(rule: string, variants: readonly VariantSummary[]): string {
  const known = variants
    .map((variant, i) => ({ variant, share: shares[i]! }))
    .filter(({ variant }) => variant.n > 0)
  if (known.length === 0) return `${rule}: no run is complete.`
  const failing = known.find(({ variant }) => verdictOf(variant) !== 'learns')
  const borne = known.slice(0, failing === undefined ? known.length : known.indexOf(failing))
  const last = borne.at(-1)
  const learns =
    last === undefined
      ? `${rule}:`
      : `${rule} learns with up to ${100 * last.share} % of scores wrong (${points(changeOf(last.variant)!)} points)${failing === undefined ? ',' : ';'}`
  if (failing === undefined) return `${learns} all that was tried.`
  const what = `${verdictOf(failing.variant)} (${points(changeOf(failing.variant)!)} points)`
  return `${learns} at ${100 * failing.share} % it ${what}.`
}

function drawn(found: Found): string {
  const panels = Object.keys(rules).map(rule => ({
    title: rule,
    lines: ofRule(found, rule).map(({ curves }, i) => ({ points: curves.validation, colour: i })),
  }))
  const legend = shares.map((share, i) => [i, `${100 * share} % wrong`] as const)
  return smallMultiples(picture.title, panels, { columns: 3, legend })
}
