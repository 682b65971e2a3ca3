// docs/results.md from a comparison: what was run, what was found, and the numbers, whatever they are.

import {
  ablation,
  collapseRule,
  type Finding,
  fewLabelsSuffice,
  findingText,
  softMinStaysUp,
  sumFormIsHacked,
} from '../src/compare/findings.ts'
import {
  accuracyTable,
  answersTable,
  fenced,
  notesOf,
  termsTable,
  uncounted,
} from '../src/compare/report.ts'
import type { ComparisonSummary } from '../src/compare/summary.ts'

const main = ['sum-form', 'pure-prm', 'pure-vr', 'pure-prm-vr']
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

/** Every variant of the page, once. */
export const resultsVariants = [
  ...new Set([...main, ...temperatures, ...closing, ...baselines, ...labels]),
]

/** The pictures beside the page, and whose curves they show. */
export const resultsPictures = [
  { file: 'results-methods.svg', title: 'four ways to reward', names: main },
  { file: 'results-labels.svg', title: 'share of problems whose answer is used', names: labels },
  {
    file: 'results-ablations.svg',
    title: 'temperature, closing tokens and baseline of PURE-PRM+VR',
    names: [...new Set([...temperatures, ...closing, ...baselines])],
  },
] as const

/** The page; `machine` says on what it was run. */
export function resultsPage(summary: ComparisonSummary, machine: string): string {
  const [methods, shares, choices] = resultsPictures.map(
    ({ file, title }) => `![${title}, by iteration](${file})`,
  ) as [string, string, string]
  const findings = [
    sumFormIsHacked(summary, 'sum-form'),
    softMinStaysUp(summary, 'pure-prm', 'sum-form'),
    fewLabelsSuffice(summary, 'pure-prm-vr', 'pure-vr'),
  ]
  const ablations = [
    ablation(summary, 'The temperature of the soft minimum (0.01, 0.1, 1)', temperatures),
    ablation(summary, 'Leaving closing tokens without advantage', closing),
    ablation(summary, 'The baseline (eq. 7 of the paper, or that of its verl code)', baselines),
    ablation(summary, 'The share of labelled problems (0, 5, 10, 20, 100 %)', labels),
  ]
  const n = [...new Set(summary.variants.map(variant => variant.n))].join(', ')
  return [
    '# Results',
    'What PURE (arXiv:2504.15275) reports, looked for with small models on procedural problems. `npm run results` runs ' +
      'it all and writes this page; every sentence is computed from the runs.',
    `Seeds 1 to ${summary.seeds} (complete runs of a variant: ${n}), ${summary.iterations} iterations each, on ${machine}:`,
    fenced(summary.command),
    '## Findings',
    ...findings.map((finding, i) => `### ${i + 1}. ${heading(finding)}\n\n${findingText(finding)}`),
    methods,
    '## Ablations',
    ...ablations.map(findingText),
    shares,
    choices,
    '## Numbers',
    accuracyTable(summary),
    answersTable(summary),
    ...uncounted(summary),
    [...notesOf(summary), collapseRule].map(note => `- ${note}`).join('\n'),
    '## Terms',
    'The same for every run:',
    termsTable(summary),
    '',
  ].join('\n\n')
}

function heading({ claim, verdict }: Finding): string {
  return `${claim.split(/[:,]/)[0]}: ${verdict}`
}
