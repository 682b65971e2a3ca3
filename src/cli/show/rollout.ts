// A rollout step by step in a terminal.

import { mean } from '../../numbers/numeric.ts'
import { numberCell, textTable } from '../../plot/text-table.ts'
import { printable } from '../../rewards/printable.ts'
import type { StoredRollout } from '../../runs/rollout-table.ts'
import { markOf } from './groups.ts'

const labelled: Readonly<Record<string, string>> = { true: 'right', false: 'wrong', null: '-' }

/** One line a step: its tokens, its score, what the oracle of the task says, what each stream credits it with and the advantage, means over its tokens. */
export function rolloutLines(row: StoredRollout, token: number | null = null): string[] {
  const streams = Object.keys(row.returns)
  const inStep = (values: ArrayLike<number> | null | undefined, start: number, end: number) =>
    values ? numberCell(mean(Array.from(values).slice(start, end)), 3) : '-'
  const table = row.steps.map(({ start, end, text, state }, s) => [
    token !== null && start <= token && token < end ? `> ${s}` : `  ${s}`,
    `${start}-${end - 1}`,
    row.stepRewards_S ? numberCell(row.stepRewards_S[s]!, 3) : '-',
    ...(row.stepLabels_S ? [labelled[String(row.stepLabels_S[s])]!] : []),
    ...streams.map(name => inStep(row.returns[name], start, end)),
    inStep(row.advantages_T, start, end),
    state === 'complete' ? '' : state,
    printable(text.trim().replaceAll('\n', ' '), 80),
  ])
  const oracle = row.stepLabels_S ? ['oracle'] : []
  const head = [
    'step',
    'tokens',
    'score',
    ...oracle,
    ...streams.map(name => `${name} credit`),
    'advantage',
  ]
  const parts = Object.entries(row.parts).map(([name, x]) => `${name} ${numberCell(x)}`)
  return [
    `group ${row.group}, rollout ${row.rollout}: outcome ${markOf(row.outcome)}, ${row.stop}, ${row.learned ? 'learned' : 'not learned'}`,
    ...(parts.length > 0 ? [`parts: ${parts.join(', ')}`] : []),
    textTable([[...head, '', 'text'], ...table], { words: true }),
  ]
}
