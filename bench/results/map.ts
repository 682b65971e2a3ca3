// docs/results-map.md: where process rewards are faster than verifiable ones, by how good the policy and its judge are.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { formatSpread, inPercent, markdownTable, termsTable } from '../../src/compare/report.ts'
import { firstAtLeast, type SpreadPoint, spreadOf } from '../../src/compare/spread.ts'
import type { ComparisonSummary, VariantSummary } from '../../src/compare/summary.ts'
import { carriedModels } from '../../src/model-source/carried-models.ts'
import { readRun } from '../../src/runs/reader.ts'
import { writeNoised } from './noised.ts'
import { notRun } from './not-run.ts'
import { type Panel, smallMultiples } from './small-multiples.ts'
import type { Found, Making, Part, Study } from './study.ts'
import { complete } from './verdicts.ts'

const file = 'bench/results/recipes/step-credit.ts'
const verifiable = 'pure-vr'

/** Recipes by what they are called here. */
const compared: Readonly<Record<string, string>> = {
  'pure-vr': verifiable,
  'pure-prm': 'pure-prm',
  'pure-prm-vr': 'pure-prm-vr',
  'soft-min in [0, 1], eq. 7': `${file}:rule=soft-min,baseline=eq7,moved=true`,
  'soft-min, leave-one-out': `${file}:rule=soft-min`,
  'suffix-min, leave-one-out': `${file}:rule=suffix-min`,
  'worst step for all tokens': file,
  'the same, 10 % of answers': `${file}:outcomeWeight=1,labelled=0.1`,
}

/** Policies, worst first: the carried one with noise, or fresh ones that learned less. */
const noises = [0.45, 0.38, 0.34, 0.3, 0.26, 0.21, 0]
const warmed = [60, 100, 200, 400]

const bases: readonly Making[] = [
  ...noises.map(
    (share): Making => ({
      folder: join('bases', `noise-${share}`, 'base'),
      make: to => writeNoised(carriedModels.base, join(to, 'model'), share, 1),
    }),
  ),
  ...warmed.map(
    (updates): Making => ({
      folder: join('bases', `warm-${updates}`, 'base'),
      make: async (to, minform) => {
        const few = ['--judge-updates', '1', '--threads', '1'] // its own judge is made as those of the others are
        const made = join(to, 'prepared')
        const warm = ['--warm-updates', String(updates), ...few, ...goingOn(made)]
        await minform('prepare', '--out', made, ...warm)
        await writeNoised(join(made, 'base'), join(to, 'model'), 0, 1)
      },
    }),
  ),
]
const folders = bases.map(({ folder }) => dirname(folder))

/** A judge of each policy's own rollouts, on the carried policy's trunk. */
const ownJudges = folders.map(
  (folder): Making => ({
    folder: join(folder, 'prm'),
    after: join(folder, 'base'),
    make: async (to, minform) => {
      const policy = ['--model', carriedModels.base, '--policy', join(to, '..', 'base', 'model')]
      const out = join(to, 'model')
      const going = ['--out', out, '--threads', '1', ...goingOn(`${out}-training`)]
      await minform('prm', 'train', '--task', 'nested-arithmetic', ...policy, ...going)
    },
  }),
)

/** The flag of a command that was begun before. */
function goingOn(folder: string): string[] {
  return existsSync(folder) ? ['--resume'] : []
}

const titles = Object.keys(compared)
const byJudge = titles.filter(title => title !== verifiable)

/** Judges, and what is compared by each; a gated one is the carried one, where answers of a known bad form get a bad reward. */
const judges: Readonly<
  Record<string, { readonly about: string; readonly titles: readonly string[] }>
> = {
  carried: { about: 'carried judge', titles },
  own: { about: 'own judge', titles: byJudge },
  gated: {
    about: 'carried judge, gated',
    titles: byJudge.filter(title => !title.endsWith('-min, leave-one-out')),
  },
}

function partOf(folder: string, judge: string): Part {
  const names = judges[judge]!.titles.map(title => compared[title]!)
  const model = join(folder, 'base', 'model')
  return {
    variants: names,
    iterations: 60,
    evalEvery: 5,
    reference: names[0]!,
    flags: { audit: 'warn', judgeCheck: 'warn', ...(judge === 'gated' && { gate: 'all' }) },
    made: judge === 'own' ? { model, prm: join(folder, 'prm', 'model') } : { model },
  }
}

/** Every base with each judge. */
export const map: Study = {
  name: 'map',
  about: 'where process rewards are faster than verifiable ones',
  file: 'results-map.md',
  out: 'map',
  seeds: 3,
  makings: [...bases, ...ownJudges],
  parts: Object.fromEntries(
    folders.flatMap(folder =>
      Object.keys(judges).map(judge => [join(folder, judge), partOf(folder, judge)] as const),
    ),
  ),
  document: found => ({ text: page(found), pictures: { [picture.file]: drawn(found) } }),
}

const picture = {
  file: 'results-map.svg',
  title: 'final accuracy, and iterations to that of verifiable rewards, by accuracy before',
}

/** A base as its runs show it, with one judge. */
interface Place {
  readonly base: string
  readonly judge: string
  readonly summary: ComparisonSummary
  readonly before: number | null // sampled accuracy on held-out problems
  readonly f1: number | null // of first errors in the policy's own rollouts, by the judge
  readonly vr: VariantSummary | null
}

function placesOf({ parts }: Found): readonly Place[] {
  const all = folders.flatMap(folder =>
    Object.keys(judges).flatMap(judge => {
      const summary = parts[join(folder, judge)]
      if (summary === undefined) return []
      const carried = parts[join(folder, 'carried')]
      const vr = carried?.variants.find(({ name }) => name === verifiable) ?? null
      const runs = summary.variants.flatMap(complete)
      const before = spreadOf(runs.map(run => run.before?.sampled ?? null))?.mean.toFixed(6)
      return [
        {
          base: folder.split('/').at(-1)!,
          judge,
          summary,
          before: before === undefined ? null : Number(before),
          f1: f1Of(summary),
          vr,
        },
      ]
    }),
  )
  return all.toSorted((a, b) => (a.before ?? 2) - (b.before ?? 2))
}

/** What runs found of their judge before they began. */
function f1Of({ variants }: ComparisonSummary): number | null {
  const found = variants.flatMap(complete).flatMap(({ folder }) => {
    const line = readRun(folder)
      .log()
      .find(({ event }) => event === 'process reward model checked')
    const quality = line?.quality as { firstErrorF1?: number } | undefined
    return quality?.firstErrorF1 ?? []
  })
  return spreadOf(found)?.mean ?? null
}

function variantOf({ summary, judge }: Place, title: string): VariantSummary | undefined {
  return summary.variants[judges[judge]!.titles.indexOf(title)]
}

function nameOf({ base, judge }: Place): string {
  return `${base} (${judges[judge]!.about})`
}

/** Iterations to the last accuracy of verifiable rewards, as a ratio to those that these take; null where it is never reached. */
function ratioOf({ vr }: Place, variant: VariantSummary): number | null {
  const values = (points: readonly SpreadPoint[]) =>
    points.map(({ iteration, mean }) => ({ iteration, value: mean }))
  const target = vr?.curves.validation.at(-1)?.mean
  if (vr == null || target === undefined) return null
  const own = firstAtLeast(values(vr.curves.validation), target)
  const at = firstAtLeast(values(variant.curves.validation), target)
  return own === null || at === null ? null : at / own
}

function page(found: Found): string {
  const places = placesOf(found)
  const summary = Object.values(found.parts)[0]
  const missing = folders.filter(folder => found.parts[join(folder, 'carried')] === undefined)
  const waiting = places.filter(place => !begun(place)).map(nameOf)
  if (summary === undefined) return '# The map\n\nNo base is made yet: `npm run results -- map`.\n'
  return [
    '# Where process rewards are faster than verifiable ones',
    'Policies from bad to good, each with the carried judge, bare and gated, and with one that learned from its own rollouts: how far ' +
      'verifiable rewards (`pure-vr`) and process rewards bring them, and how soon. `npm run results -- map` runs it all and writes this page.',
    `Seeds 1 to ${summary.seeds}, ${summary.iterations} iterations each; written on ${found.machine}. A base \`noise-X\` is the carried policy with Gaussian ` +
      'noise of X deviations on each matrix; `warm-N` is fresh and learned worked solutions for N updates.',
    '## What holds everywhere',
    titles.map(title => `- ${sentence(title, places)}`).join('\n'),
    '## Final accuracy on validation problems in %, and iterations to the last accuracy of pure-vr as a ratio to its own',
    table(places.filter(begun)),
    'The worst step for all tokens is the recipe `worst-step` without its gates; with 10 % of the answers, `worst-step-vr`. Gated: ' +
      'rollouts of a known bad form (`--gate all`) get a bad reward, whatever the judge says of them.',
    "F1: of the first errors in the policy's own rollouts, by the judge against the oracle, before training. `-`: never reached, or no complete run.",
    `![${picture.title}, a panel a recipe](${picture.file})`,
    ...(missing.length === 0 ? [] : [`Not made yet: ${missing.join(', ')}.`]),
    ...places
      .filter(begun)
      .flatMap(place => notRun(place.summary).map(text => `${nameOf(place)}. ${text}`)),
    ...(waiting.length === 0 ? [] : [`Not run yet: ${waiting.join(', ')}.`]),
    '## Terms',
    termsTable(summary),
    '',
  ].join('\n\n')
}

function begun({ summary }: Place): boolean {
  return summary.variants.some(({ runs }) => runs.some(run => run.state !== 'missing' || run.error))
}

/** Where a recipe ends above, and where below, what it began with. */
function sentence(title: string, places: readonly Place[]): string {
  const told = places.flatMap(place => {
    const variant = variantOf(place, title)
    const last = variant?.measures.lastValidation
    if (variant === undefined || variant.n === 0 || last == null) return []
    return [
      {
        name: nameOf(place),
        up: last.mean > (place.before ?? Number.NaN),
        ratio: ratioOf(place, variant),
      },
    ]
  })
  if (told.length === 0) return `${title}: no run is complete.`
  const down = told.filter(({ up }) => !up)
  const sooner = told.filter(({ ratio }) => ratio !== null && ratio < 1)
  const falls =
    down.length === 0
      ? `ends above where it began in all ${told.length} places`
      : `ends below where it began in ${down.length} of ${told.length} places: ${down.map(one => one.name).join(', ')}`
  const faster =
    title === verifiable
      ? ''
      : `; sooner than pure-vr in ${sooner.length === 0 ? 'none' : sooner.map(one => `${one.name} (${one.ratio!.toFixed(2)})`).join(', ')}`
  return `${title} ${falls}${faster}.`
}

function table(places: readonly Place[]): string {
  const share = (x: number | null): string => (x === null ? '-' : inPercent(x))
  return markdownTable([
    ['base', 'before', 'judge', 'F1', ...titles],
    ...places.map(place => [
      place.base,
      share(place.before),
      place.judge,
      share(place.f1),
      ...titles.map(title => {
        const variant = variantOf(place, title)
        if (variant === undefined || variant.n === 0) return '-'
        const ratio = ratioOf(place, variant)
        const last = formatSpread(variant.measures.lastValidation, inPercent)
        return `${last}; ${ratio === null ? '-' : ratio.toFixed(2)} (n = ${variant.n})`
      }),
    ]),
  ])
}

/** Two panels a recipe: final accuracy, and the ratio of iterations, with each judge. */
function drawn(found: Found): string {
  const places = placesOf(found).filter(({ before }) => before !== null)
  const panels = byJudge.flatMap((title): Panel[] => {
    const points = (judge: string, of: (place: Place, variant: VariantSummary) => number | null) =>
      places.flatMap(place => {
        const variant = place.judge === judge ? variantOf(place, title) : undefined
        const mean = variant === undefined || variant.n === 0 ? null : of(place, variant)
        return mean === null
          ? []
          : [{ iteration: 100 * place.before!, mean, spread: null, n: variant!.n }]
      })
    const last = (_: Place, variant: VariantSummary) =>
      variant.measures.lastValidation?.mean ?? null
    const vr = points('carried', ({ vr }) => vr?.measures.lastValidation?.mean ?? null)
    const lines = (of: typeof ratioOf) =>
      Object.keys(judges).map((judge, i) => ({ points: points(judge, of), colour: i }))
    return [
      { title: title, lines: [{ points: vr, colour: 7 }, ...lines(last)] },
      { title: 'iterations by those of pure-vr', lines: lines(ratioOf), top: 2 },
    ]
  })
  const legend = [
    ...Object.values(judges).map(({ about }, i) => [i, about] as const),
    [7, 'pure-vr'],
  ] as const
  return smallMultiples(picture.title, panels, { columns: 4, legend })
}
