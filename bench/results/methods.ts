// docs/results-methods.md: every recipe that can learn from what is carried, on equal terms, and what each is good for here.

import { join } from 'node:path'
import { formatSpread, inPercent, markdownTable } from '../../src/compare/report.ts'
import { type Spread, spreadOf } from '../../src/compare/spread.ts'
import type { VariantSummary } from '../../src/compare/summary.ts'
import { type Recipe, resolve, rolloutsOf } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { notRun } from './not-run.ts'
import { evaluationFile, passAtN, type RunNumbers, runNumbers } from './run-numbers.ts'
import { smallMultiples } from './small-multiples.ts'
import type { Found, Part, Study } from './study.ts'
import { complete, pairedDifference, verdictOf, verdictRule } from './verdicts.ts'

const rollouts = 192 // of an iteration
const reference = 'grpo'
const picture = { file: 'results-methods-recipes.svg', title: 'accuracy on validation problems' }

/** Needs of which nothing is carried that fits the carried task. */
const absent = {
  chat: 'a chat model',
  environment: 'an environment, and problems for it',
} as const
const lacking = ({ needs }: Recipe): string[] =>
  Object.entries(absent).flatMap(([need, what]) => (needs.includes(need as never) ? [what] : []))
const runnable = recipes.filter(recipe => lacking(recipe).length === 0)

/** Recipes that ask for more than 8 rollouts of a problem now and then, and for 8 on the whole. */
const sometimes = ['allocation', 'aryabhata', 'guide']

function problemsOf(recipe: Recipe): number {
  const each = sometimes.includes(recipe.name) ? 8 : rolloutsOf(recipe, resolve(recipe))
  return Math.max(1, Math.round(rollouts / each))
}

/** Recipes by how many problems of an iteration make as many rollouts for all; the reference is in each. */
function partsOf(): Record<string, Part> {
  const batches = [...new Set(runnable.map(problemsOf))].sort((a, b) => b - a)
  return Object.fromEntries(
    batches.map(batch => {
      const names = runnable.filter(one => problemsOf(one) === batch).map(({ name }) => name)
      const timed = names.includes(reference) ? reference : names[0]!
      const terms = { iterations: 60, evalEvery: 10, reference: timed }
      return [`batch-${batch}`, { variants: names, ...terms, flags: { batch: String(batch) } }]
    }),
  )
}

/** All recipes. */
export const methods: Study = {
  name: 'methods',
  about: 'every recipe that can learn from what is carried, on equal terms',
  file: 'results-methods.md',
  out: 'methods',
  seeds: 3,
  parts: partsOf(),
  evaluates: 8,
  document: found => ({ text: page(found), pictures: { [picture.file]: drawn(found) } }),
}

/** A recipe's runs, and their numbers. */
interface Row {
  readonly variant: VariantSummary
  readonly numbers: readonly RunNumbers[]
}

function rowsOf(parts: Found['parts']): Row[] {
  return Object.values(parts)
    .flatMap(({ variants }) => variants)
    .map(variant => ({ variant, numbers: complete(variant).map(runNumbers) }))
}

function page({ parts, machine, out }: Found): string {
  const rows = rowsOf(parts)
  const done = rows.filter(({ variant }) => variant.n > 0)
  const timed = done.find(({ variant }) => variant.name === reference)
  const budget = timed ? (spreadOf(timed.numbers.map(one => one.tokens))?.mean ?? null) : null
  const summary = Object.values(parts)[0]!
  const each = 8 * Number(summary.terms.problems)
  const n = [...new Set(done.map(({ variant }) => variant.n))].sort().join(', ') || '0'
  const before = passAtN(join(out, 'before.eval.json'))
  return [
    '# Every recipe on equal terms',
    'Every recipe that can learn from the carried task, policy and judge, beside the others. `npm run results -- methods` runs it ' +
      'all and writes this page; every word of it is computed from the runs.',
    `Seeds 1 to ${summary.seeds} (complete runs of a recipe: ${n}), ${summary.iterations} iterations of ${each} rollouts each; written on ${machine}.`,
    '## What equal means',
    equalTerms(budget),
    '## What each is good for here',
    done.length === 0 ? 'No run is complete.' : goodForTable(rows, timed, budget, before),
    notes(before)
      .map(note => `- ${note}`)
      .join('\n'),
    `![${picture.title} by iteration, a panel a recipe](${picture.file})`,
    '## What it cost',
    costTable(done),
    'Seconds are by the clock, with whatever else the machine did meanwhile: the other columns tell what a recipe asks for.',
    '## What is not in the tables',
    absentTable(),
    ...Object.values(parts).flatMap(part => notRun(part)),
    '',
  ].join('\n\n')
}

function equalTerms(budget: number | null): string {
  const tokens =
    budget === null
      ? `the tokens that \`${reference}\` learns from in all its iterations (not known yet)`
      : `${millions(budget)} million tokens, what \`${reference}\` learns from in all its iterations`
  return [
    'One policy, one judge, the same problems by seed, at most 160 tokens a rollout, and as many rollouts an iteration: a recipe that',
    'asks for more of each problem has fewer problems (`--batch`). What a recipe samples beside its rollouts is its own affair, and',
    'stands in the table of costs. Rollouts are not equally long, and not all that are sampled are learned from; so `equal tokens` is',
    `the last validation before a run has learned from more than ${tokens}.`,
  ].join(' ')
}

function goodForTable(
  rows: readonly Row[],
  timed: Row | undefined,
  budget: number | null,
  before: number | null,
): string {
  const done = rows.filter(({ variant }) => variant.n > 0)
  const best = (row: Row): number => -(row.variant.measures.sampledAfter?.mean ?? 0)
  const head = ['recipe', 'n', 'sampled before', 'after', 'greedy before', 'after', 'equal tokens']
  return markdownTable([
    [...head, 'pass@8', 'tokens of an answer', 'entropy', 'good for'],
    ...done
      .toSorted((a, b) => best(a) - best(b))
      .map(row => {
        const { name, n, measures } = row.variant
        const share = (value: Spread | null): string => formatSpread(value, inPercent)
        return [
          `\`${name}\``,
          String(n),
          share(measures.sampledBefore),
          share(measures.sampledAfter),
          share(measures.greedyBefore),
          share(measures.greedyAfter),
          share(
            budget === null ? null : spreadOf(row.numbers.map(one => one.validationWithin(budget))),
          ),
          share(passOf(row)),
          formatSpread(measures.tokensEnd, x => x.toFixed(1)),
          formatSpread(spreadOf(row.numbers.map(one => one.entropy)), x => x.toFixed(3)),
          goodFor(row, timed, before).join(', '),
        ]
      }),
  ])
}

/** What the numbers of a recipe say that it is good for, beside the reference. */
function goodFor(row: Row, timed: Row | undefined, before: number | null): string[] {
  const verdict = verdictOf(row.variant)
  if (verdict !== 'learns') return [verdict]
  const recipe = recipes.find(({ name }) => name === row.variant.name)!
  const unlabelled = recipe.needs.includes('grader') ? [] : ['learning without answers']
  if (timed === undefined || timed === row) return ['learning', ...unlabelled]
  const accuracy = pairedDifference(row.variant, timed.variant, run => run.after?.sampled ?? null)
  const clear = (found: Spread | null): number =>
    found !== null && Math.abs(found.mean) > (found.spread === null ? 0.05 : 2 * found.spread)
      ? Math.sign(found.mean)
      : 0
  const as = accuracy !== null && accuracy.mean > -0.02
  const tokens = ratio(row.variant.measures.tokensEnd, timed.variant.measures.tokensEnd)
  const learned = ratio(
    spreadOf(row.numbers.map(x => x.tokens)),
    spreadOf(timed.numbers.map(x => x.tokens)),
  )
  const passes = [passOf(row)?.mean, passOf(timed)?.mean, before]
  const words = [
    ...(clear(accuracy) > 0 ? ['accuracy'] : []),
    ...(passes.every(x => x != null) && passes[0]! > Math.max(passes[1]!, passes[2]!) + 0.01
      ? ['breadth (pass@8)']
      : []),
    ...(as && tokens < 0.9 ? ['short answers'] : []),
    ...(as && learned < 0.8 ? ['few tokens learned'] : []),
    ...unlabelled,
    ...(clear(accuracy) < 0 ? [`learning, less than ${reference}`] : []),
  ]
  return words.length > 0 ? words : [`learning, as ${reference}`]
}

function ratio(a: Spread | null, b: Spread | null): number {
  return a === null || b === null ? Number.NaN : a.mean / b.mean
}

function passOf({ variant }: Row): Spread | null {
  return spreadOf(complete(variant).map(({ folder }) => passAtN(evaluationFile(folder))))
}

function notes(before: number | null): string[] {
  const pass = before === null ? '' : `; ${inPercent(before)} % before training`
  return [
    'mean ± sample standard deviation over n seeds; one run has no ±; accuracy in %, on 200 held-out problems, of samples at temperature 1 and of the likeliest answers',
    'after: of the checkpoint that is best on validation problems; equal tokens: on 100 validation problems, as is the picture',
    `pass@8: held-out problems that one of 8 samples solves${pass}`,
    'tokens of an answer and entropy (nats a token): mean of the last tenth of the iterations',
    verdictRule,
    `accuracy, and less than ${reference}: seed by seed the difference to \`${reference}\` is more than twice its spread, 5 points where there is one seed`,
    `breadth: pass@8 more than a point above that of \`${reference}\` and above that before; short answers (a tenth fewer tokens) and few ` +
      `tokens learned (a fifth less): where accuracy is at most 2 points below that of \`${reference}\``,
  ]
}

function costTable(rows: readonly Row[]): string {
  const of = (row: Row, what: (one: RunNumbers) => number | null, format: (x: number) => string) =>
    formatSpread(spreadOf(row.numbers.map(what)), format)
  return markdownTable([
    ['recipe', 'seconds', 'million tokens learned', 'sampled in its rollouts', 'solutions judged'],
    ...rows.map(row => [
      `\`${row.variant.name}\``,
      of(
        row,
        one => one.seconds,
        x => x.toFixed(0),
      ),
      of(row, one => one.tokens, millions),
      of(row, one => one.sampled, millions),
      of(
        row,
        one => one.judged,
        x => x.toFixed(0),
      ),
    ]),
  ])
}

function absentTable(): string {
  const rows = recipes.filter(recipe => lacking(recipe).length > 0)
  return markdownTable([
    ['recipe', 'what it needs that is not carried for this task'],
    ...rows.map(recipe => [`\`${recipe.name}\``, lacking(recipe).join('; ')]),
  ])
}

function drawn({ parts }: Found): string {
  const all = Object.values(parts).flatMap(({ variants }) => variants)
  const shown = all.filter(({ curves }) => curves.validation.length > 0)
  const grpo = shown.find(({ name }) => name === reference)?.curves.validation ?? []
  const panels = shown.map(({ name, curves }) => ({
    title: name,
    lines: [
      { points: grpo, colour: 7 },
      { points: curves.validation, colour: 0 },
    ],
  }))
  const legend = [
    [0, 'the recipe, mean and spread over seeds'],
    [7, reference],
  ] as const
  return smallMultiples(picture.title, panels, { legend })
}

function millions(tokens: number): string {
  return (tokens / 1e6).toFixed(3)
}
