// docs/results-six.md: six methods of other shapes beside two of the usual one, and whether each learns.

import { curvesSvg } from '../../src/compare/curves.ts'
import {
  accuracyTable,
  fenced,
  formatSpread,
  inPercent,
  markdownTable,
  notesOf,
  termsTable,
  uncounted,
} from '../../src/compare/report.ts'
import { type Spread, spreadOf } from '../../src/compare/spread.ts'
import type { ComparisonSummary, VariantSummary } from '../../src/compare/summary.ts'
import { mean } from '../../src/numbers/numeric.ts'
import { readRun } from '../../src/runs/reader.ts'
import type { Study } from './study.ts'
import { changeOf, complete, pairedDifference, points, verdictOf, verdictRule } from './verdicts.ts'

const picture = { file: 'results-six.svg', title: 'six methods beside grpo and pure-vr' }

/** What the first two are, everybody knows. */
export const six: Study = {
  name: 'six',
  about: 'six methods of other shapes beside grpo and pure-vr',
  file: 'results-six.md',
  out: 'six',
  seeds: 3,
  parts: {
    '.': {
      variants: ['grpo', 'pure-vr', 'tree-rpo', 'exgrpo', 'prime', 'hero', 'guide', 'oreal'],
      iterations: 40,
      evalEvery: 10,
      reference: 'pure-vr',
    },
  },
  document: ({ parts, machine }) => ({
    text: page(parts['.']!, machine),
    pictures: { [picture.file]: curvesSvg(parts['.']!.variants, picture.title) },
  }),
}

/** Means over the iterations of a run that tell what a method did; null where it has no such number. */
const told = {
  'iterations without a lesson %': ['update/dropped', inPercent],
  'hinted %': ['rollouts/hint_share', inPercent],
  'replayed %': ['rollouts/replay_share', inPercent],
  'gradient norm': ['update/grad_norm', (x: number) => x.toFixed(3)],
  'ratio clipped %': ['update/clipped_fraction', inPercent],
} as const
type Told = keyof typeof told

const oneSeed =
  'No method has more than one complete run: this tells which methods learn, and not which is better, since a few points are what seeds differ by.'

function page(summary: ComparisonSummary, machine: string): string {
  const { seeds, iterations, variants, command } = summary
  const n = [...new Set(variants.map(variant => variant.n))].join(', ')
  const reference = variants.find(({ name }) => name === summary.reference.name)!
  return [
    '# Six methods of other shapes',
    'TreeRPO (rollouts that are a tree), ExGRPO (memory and replay), PRIME (a second model that learns), HERO (rewards of the whole ' +
      'batch), Guide (hints) and OREAL (a choice after the advantages), each from the carried policy on the carried task, beside ' +
      'GRPO and PURE-VR. `npm run results -- six` runs it all and writes this page; every sentence is computed from the runs.',
    `Seeds 1 to ${seeds} (complete runs of a method: ${n}), ${iterations} iterations each; written on ${machine}:`,
    fenced(command),
    ...(variants.some(variant => variant.n > 1) ? [] : [oneSeed]),
    '## What learns',
    variants.map(variant => `- ${sentence(variant, reference)}`).join('\n'),
    `- ${verdictRule}`,
    `![${picture.title}, by iteration](${picture.file})`,
    accuracyTable(summary),
    'What each did, as the mean over all its iterations, then over seeds:',
    toldTable(variants),
    ...uncounted(summary),
    notesOf(summary)
      .map(note => `- ${note}`)
      .join('\n'),
    '## Terms',
    termsTable(summary),
    '',
  ].join('\n\n')
}

/** One sentence a method: whether it learns, by how much, and, where it does not, what its numbers say of it. */
function sentence(variant: VariantSummary, reference: VariantSummary): string {
  const { name, n } = variant
  const found = changeOf(variant)
  if (found === null) return `\`${name}\`: there is no complete run.`
  const by = `${points(found)} points of sampled accuracy (n = ${n})`
  if (verdictOf(variant) === 'learns')
    return `\`${name}\` **learns**: ${by}${beside(variant, reference)}.`
  return `\`${name}\` **does not learn**: ${by}; ${reasonOf(variant, reference)}.`
}

/** The difference to the reference, seed by seed. */
function beside(variant: VariantSummary, reference: VariantSummary): string {
  if (variant === reference) return ''
  const found = pairedDifference(variant, reference, run => run.after?.sampled ?? null)
  return found === null ? '' : `; beside \`${reference.name}\`, seed by seed, ${points(found)}`
}

function reasonOf(variant: VariantSummary, reference: VariantSummary): string {
  const dropped = meanOf(variant, 'iterations without a lesson %')?.mean ?? 0
  const norms = [variant, reference].map(one => meanOf(one, 'gradient norm')?.mean ?? Number.NaN)
  const curve = variant.curves.validation
  const best = Math.max(...curve.map(point => point.mean))
  const last = curve.at(-1)?.mean ?? Number.NaN
  if (dropped > 0.5) return `${inPercent(dropped)} % of its iterations had nothing to learn from`
  if (best - last > 0.05)
    return `validation rises to ${inPercent(best)} % and ends at ${inPercent(last)} %`
  if (norms[0]! < norms[1]! / 4)
    return `its gradient has a norm of ${norms[0]!.toFixed(3)}, that of \`${reference.name}\` ${norms[1]!.toFixed(3)}`
  return 'none of the numbers below says why: the change is within what seeds do'
}

function toldTable(variants: readonly VariantSummary[]): string {
  const names = (Object.keys(told) as Told[]).filter(name => variants.some(v => meanOf(v, name)))
  return markdownTable([
    ['variant', ...names],
    ...variants.map(variant => [
      variant.name,
      ...names.map(name => formatSpread(meanOf(variant, name), told[name][1])),
    ]),
  ])
}

/** The mean over iterations of each complete run, and their spread; what an iteration does not have counts as 0 there. */
function meanOf(variant: VariantSummary, name: Told): Spread | null {
  return spreadOf(
    complete(variant).map(({ folder }) => {
      const values = readRun(folder)
        .metrics()
        .map(line => line[told[name][0]])
      if (values.every(value => value === undefined || value === null)) return null
      return mean(values.map(value => Number(value ?? 0)))
    }),
  )
}
