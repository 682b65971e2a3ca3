// The groups of an iteration, and the rollouts of one, in a terminal.

import { worstStep } from '../../explain/run.ts'
import { mean } from '../../numbers/numeric.ts'
import { numberCell, textTable } from '../../plot/text-table.ts'
import { printable } from '../../rewards/printable.ts'
import { addressOf } from '../../runs/address.ts'
import type { StoredRollout } from '../../runs/rollout-table.ts'
import { quoted } from '../train-summary.ts'

/** One line a group: its rollouts' outcomes, the judge's worst steps, and where the two disagree most. */
export function iterationLines(
  folder: string,
  iteration: number,
  rows: readonly StoredRollout[],
): string[] {
  const groups = [...new Set(rows.map(row => row.group))]
  const table = groups.map(group => {
    const own = rows.filter(row => row.group === group)
    return [
      String(group),
      own.map(row => markOf(row.outcome)).join(''),
      numberCell(mean(own.flatMap(row => worstStep(row) ?? [])), 2),
      numberCell(mean(own.map(row => row.ids.length)), 1),
      `${own.filter(row => row.learned).length}`,
      String(own[0]!.answer ?? '-'),
      printable(own[0]!.prompt.trim().replaceAll('\n', ' '), 60),
    ]
  })
  const head = ['group', 'right', 'worst step', 'tokens', 'learned', 'answer', 'problem']
  return [
    `iteration ${iteration}: ${groups.length} groups, ${rows.length} rollouts; 1 is right, 0 wrong, ? not known`,
    textTable([head, ...table], { words: true }),
    `minform show ${quoted(addressOf({ iteration, group: groups[0]! }, folder))} shows one`,
  ]
}

/** One line a rollout of a group, after its problem. */
export function groupLines(folder: string, rows: readonly StoredRollout[]): string[] {
  const [{ iteration, prompt, answer, group, rollout }] = rows as [StoredRollout]
  const table = rows.map(row => [
    String(row.rollout),
    markOf(row.outcome),
    numberCell(worstStep(row), 2),
    String(row.steps.length),
    String(row.ids.length),
    row.stop,
    row.learned ? 'yes' : 'no',
    numberCell(mean(Array.from(row.advantages_T ?? [])), 3),
    printable(row.text.trim().split('\n').at(-1) ?? '', 50),
  ])
  const head = ['rollout', 'right', 'worst step', 'steps', 'tokens', 'end', 'learned', 'advantage']
  return [
    `group ${group}: the answer is ${answer ?? 'not known'}`,
    ...prompt
      .trim()
      .split('\n')
      .map(line => `  ${printable(line, 200)}`),
    '',
    textTable([[...head, 'its last line'], ...table], { words: true }),
    'an advantage here is the mean over the tokens of a rollout;',
    `minform show ${quoted(addressOf({ iteration, group, rollout }, folder))} shows the steps of one`,
  ]
}

export function markOf(outcome: number | null): string {
  if (outcome === null) return '?'
  return outcome === 0 || outcome === 1 ? String(outcome) : outcome.toFixed(2)
}
