// docs/results-collapse.md: when process rewards alone let go of the answer, what the alarms said before, and which guards hold.

import { collapseOf } from '../../src/compare/findings.ts'
import { formatSpread, inPercent, markdownTable, termsTable } from '../../src/compare/report.ts'
import type { RunSummary } from '../../src/compare/run-summary.ts'
import { spreadOf } from '../../src/compare/spread.ts'
import type { VariantSummary } from '../../src/compare/summary.ts'
import { notRun } from './not-run.ts'
import { smallMultiples } from './small-multiples.ts'
import type { Found, Part, Study } from './study.ts'
import { complete } from './verdicts.ts'

const guarded = ['sum-form', 'pure-prm', 'pure-prm-vr']
const long = { iterations: 640, evalEvery: 20, reference: 'pure-prm' }
const picture = { file: 'results-collapse-guards.svg', title: 'accuracy on validation problems' }

/** Guards by the part that has them, in words. */
const guards: Readonly<Record<string, string>> = {
  none: 'none but those of the recipe: `worst-step` and `worst-step-vr` gate all patterns themselves',
  gates: 'gates: every known pattern gets a bad reward (`--gate all`)',
  rollback: 'back to before an alarm, at a lower rate (`--on-alarm rollback`)',
  kl: 'a KL ten times as strong (`--kl-coef 0.01`)',
  answers: 'answers of more problems (`--labelled 0.3`), and of a few where there were none',
  online: 'a judge that learns from outcomes while the policy does (PRIME)',
}

const parts: Readonly<Record<string, Part>> = {
  none: { ...long, variants: [...guarded, 'worst-step', 'worst-step-vr'] },
  gates: { ...long, variants: guarded, flags: { gate: 'all' } },
  rollback: { ...long, variants: guarded, flags: { onAlarm: 'rollback' } },
  kl: {
    ...long,
    variants: guarded.map(name => `${name}:klCoef=0.01`),
    reference: 'pure-prm:klCoef=0.01',
  },
  answers: {
    ...long,
    variants: ['pure-prm-vr:labelled=0.3'],
    reference: 'pure-prm-vr:labelled=0.3',
  },
  online: { ...long, variants: ['prime'], reference: 'prime' },
}

/** Long runs of the two forms of credit, bare and guarded. */
export const collapse: Study = {
  name: 'collapse',
  about: 'when process rewards alone let go of the answer, and which guards hold',
  file: 'results-collapse.md',
  out: 'collapse',
  seeds: 5,
  parts,
  document: found => ({ text: page(found), pictures: { [picture.file]: drawn(found) } }),
}

interface Guarded {
  readonly guard: string
  readonly variant: VariantSummary
}

/** What was run to its end of each guard. */
function guardedOf({ parts: found }: Found): Guarded[] {
  return Object.entries(found)
    .flatMap(([guard, { variants }]) => variants.map(variant => ({ guard, variant })))
    .filter(({ variant }) => variant.n > 0)
}

function page(found: Found): string {
  const all = guardedOf(found)
  const summary = Object.values(found.parts)[0]!
  return [
    '# Collapse',
    'Process rewards alone, for as long as it takes: when the policy lets go of the answer, what the alarms said before, and which ' +
      'guards keep it up, at what cost. `npm run results -- collapse` runs it all and writes this page.',
    `Seeds 1 to ${summary.seeds}, ${summary.iterations} iterations each; written on ${found.machine}.`,
    '## Which guards hold',
    Object.keys(guards)
      .map(guard => [guard, all.filter(one => one.guard === guard)] as const)
      .filter(([, found]) => found.length > 0)
      .map(([guard, found]) => `- ${sentence(guard, found, all)}`)
      .join('\n'),
    table(all),
    [
      'collapsed: the batch, averaged over 5 iterations, is less than half as accurate as the policy before training, whether it rises again or not; by: the iterations of those that are',
      'warned: of the collapsed, those that had an alarm before, and by how many iterations the first one was earlier',
      'best and last: validation accuracy in %, mean ± sample standard deviation over the complete runs (n)',
    ]
      .map(note => `- ${note}`)
      .join('\n'),
    `![${picture.title} by iteration, a panel a recipe and guard](${picture.file})`,
    ...Object.entries(found.parts).flatMap(([guard, part]) =>
      notRun(part).map(text => `Guard ${guard}. ${text}`),
    ),
    '## Terms',
    termsTable(summary),
    '',
  ].join('\n\n')
}

/** What a guard does for each variant beside the same without it. */
function sentence(guard: string, guarded: readonly Guarded[], all: readonly Guarded[]): string {
  const told = guarded.map(({ variant }) => {
    const up = complete(variant).filter(run => collapseOf(run) === null).length
    const without = all.find(one => one.guard === 'none' && one.variant.name === recipeOf(variant))
    const [last, bareLast] = [variant, without?.variant].map(
      one => one?.measures.lastValidation?.mean,
    )
    const cost =
      guard === 'none' || last == null || bareLast == null
        ? ''
        : `, ${inPercent(last)} % in the end beside ${inPercent(bareLast)} % without it`
    return `\`${variant.name}\` stays up in ${up} of ${variant.n}${cost}`
  })
  return `${guards[guard]}: ${told.join('; ')}.`
}

function recipeOf({ name }: VariantSummary): string {
  return name.split(':')[0]!
}

function table(all: readonly Guarded[]): string {
  return markdownTable([
    [
      'guard',
      'variant',
      'n',
      'collapsed',
      'by',
      'warned',
      'earlier',
      'sampled before',
      'best',
      'last',
    ],
    ...all.map(({ guard, variant }) => {
      const runs = complete(variant)
      const fallen = runs.flatMap(run => {
        const at = collapseOf(run)
        return at === null ? [] : [{ at, lead: leadOf(run, at) }]
      })
      const leads = fallen.map(one => one.lead)
      const whole = (x: number): string => x.toFixed(0)
      return [
        guard,
        `\`${variant.name}\``,
        String(variant.n),
        `${fallen.length} of ${variant.n}`,
        formatSpread(spreadOf(fallen.map(one => one.at)), whole),
        fallen.length === 0
          ? '-'
          : `${leads.filter(lead => lead !== null).length} of ${fallen.length}`,
        formatSpread(spreadOf(leads), whole),
        formatSpread(variant.measures.sampledBefore, inPercent),
        formatSpread(variant.measures.bestValidation, inPercent),
        formatSpread(variant.measures.lastValidation, inPercent),
      ]
    }),
  ])
}

/** By how many iterations the first alarm was before a collapse; null where there was none. */
function leadOf({ warnings }: RunSummary, at: number): number | null {
  const first = warnings.find(
    ({ what, iteration }) => what.startsWith('alarm') && iteration !== null,
  )
  return first === undefined || first.iteration! >= at ? null : at - first.iteration!
}

function drawn(found: Found): string {
  const panels = guardedOf(found).map(({ guard, variant }) => ({
    title: `${recipeOf(variant)}, ${guard}`,
    lines: complete(variant).map(({ curves }, i) => ({
      points: curves.validation.map(p => ({
        iteration: p.iteration,
        mean: p.value,
        spread: null,
        n: 1,
      })),
      colour: i,
    })),
  }))
  const legend = [[0, 'a line a seed']] as const
  return smallMultiples(picture.title, panels, { columns: 3, legend })
}
