// docs/results.md from a comparison: what was run, what was found, and the numbers, whatever they are.

import { curvesSvg } from '../../src/compare/curves.ts'
import {
  ablation,
  type Finding,
  fewLabelsSuffice,
  findingText,
  rules,
  softMinStaysUp,
  sumFormIsHacked,
} from '../../src/compare/findings.ts'
import {
  accuracyTable,
  answersTable,
  fenced,
  notesOf,
  termsTable,
  uncounted,
} from '../../src/compare/report.ts'
import type { ComparisonSummary } from '../../src/compare/summary.ts'
import type { Part, Study } from './study.ts'

const main = ['pure-prm', 'pure-vr', 'pure-prm-vr']
const temperatures = ['pure-prm-vr:temperature=0.01', 'pure-prm-vr', 'pure-prm-vr:temperature=1']
const closing = ['pure-prm-vr', 'pure-prm-vr:maskClosing=false']
const baselines = ['pure-prm-vr', 'pure-verl']
const labels = [
  'pure-prm', // no labels at all
  'pure-prm-vr:labelled=0.05',
  'pure-prm-vr',
  'pure-prm-vr:labelled=0.2',
  'pure-prm-vr:labelled=1',
]

/** Two: one as long as a collapse takes and three times that, and a shorter one of everything else. */
const parts = {
  collapse: {
    variants: ['sum-form', 'pure-prm'],
    iterations: 320,
    evalEvery: 20,
    reference: 'pure-prm',
  },
  methods: {
    variants: [...new Set([...main, ...temperatures, ...closing, ...baselines, ...labels])],
    iterations: 60,
    evalEvery: 10,
    reference: 'pure-vr',
  },
} as const satisfies Readonly<Record<string, Part>>

/** The pictures beside the page, and whose curves of which part they show. */
const pictures = [
  {
    file: 'results-collapse.svg',
    part: 'collapse',
    title: 'process rewards alone, by their sum and by the worst step',
    names: parts.collapse.variants,
  },
  { file: 'results-methods.svg', part: 'methods', title: 'three ways to reward', names: main },
  {
    file: 'results-labels.svg',
    part: 'methods',
    title: 'share of problems whose answer is used',
    names: labels,
  },
  {
    file: 'results-ablations.svg',
    part: 'methods',
    title: 'temperature, closing tokens and baseline of PURE-PRM+VR',
    names: [...new Set([...temperatures, ...closing, ...baselines])],
  },
] as const satisfies readonly {
  readonly file: string
  readonly part: keyof typeof parts
  readonly title: string
  readonly names: readonly string[]
}[]

/** The claims of PURE, and the ablations behind them. */
export const pure: Study = {
  name: 'pure',
  about: 'what PURE reports, on small models and procedural problems',
  file: 'results.md',
  out: 'results',
  seeds: 3,
  parts,
  document: ({ parts: { collapse, methods }, machine }) => ({
    text: page(collapse!, methods!, machine),
    pictures: Object.fromEntries(
      pictures.map(({ file, part, title, names }) => [
        file,
        curvesSvg(drawn({ collapse: collapse!, methods: methods! }[part], names), title),
      ]),
    ),
  }),
}

function drawn({ variants }: ComparisonSummary, names: readonly string[]) {
  return variants.filter(({ name }) => names.includes(name))
}

function page(collapse: ComparisonSummary, methods: ComparisonSummary, machine: string): string {
  const [fall, three, shares, choices] = pictures.map(
    ({ file, title }) => `![${title}, by iteration](${file})`,
  ) as [string, string, string, string]
  const hacked = [
    sumFormIsHacked(collapse, 'sum-form'),
    softMinStaysUp(collapse, 'pure-prm', 'sum-form'),
  ]
  const few = fewLabelsSuffice(methods, 'pure-prm-vr', 'pure-vr')
  const ablations = [
    ablation(methods, 'The temperature of the soft minimum (0.01, 0.1, 1)', temperatures),
    ablation(methods, 'Leaving closing tokens without advantage', closing),
    ablation(methods, 'The baseline (eq. 7 of the paper, or that of its verl code)', baselines),
    ablation(methods, 'The share of labelled problems (0, 5, 10, 20, 100 %)', labels),
  ]
  return [
    '# Results',
    'What PURE (arXiv:2504.15275) reports, looked for with small models on procedural problems. `npm run results` runs ' +
      'it all and writes this page; every sentence is computed from the runs.',
    ...[collapse, methods].flatMap(summary => [
      runsLine(summary, machine),
      fenced(summary.command),
    ]),
    '## Findings',
    ...hacked.map((finding, i) => section(i + 1, finding)),
    fall,
    section(3, few),
    three,
    '## Ablations',
    ...ablations.map(findingText),
    shares,
    choices,
    '## Numbers',
    ...numbersOf('The two forms of credit', collapse),
    ...numbersOf('Methods and ablations', methods),
    [...new Set([...notesOf(collapse), ...notesOf(methods), ...rules])]
      .map(note => `- ${note}`)
      .join('\n'),
    '## Terms',
    'The same for every run of the first comparison, and for every run of the second:',
    termsTable(collapse),
    termsTable(methods),
    '',
  ].join('\n\n')
}

function runsLine({ seeds, iterations, variants }: ComparisonSummary, machine: string): string {
  const n = [...new Set(variants.map(variant => variant.n))].join(', ')
  return `Seeds 1 to ${seeds} (complete runs of a variant: ${n}), ${iterations} iterations each; written on ${machine}:`
}

function section(number: number, finding: Finding): string {
  return `### ${number}. ${heading(finding)}\n\n${findingText(finding)}`
}

function numbersOf(title: string, summary: ComparisonSummary): string[] {
  return [`### ${title}`, accuracyTable(summary), answersTable(summary), ...uncounted(summary)]
}

function heading({ claim, verdict }: Finding): string {
  return `${claim.split(/[:,]/)[0]}: ${verdict}`
}
