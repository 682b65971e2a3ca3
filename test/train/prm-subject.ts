// A tiny checkpoint and labelled sums, so that a reward model is trained in a second.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prmMethodOf } from '../../src/prm/train/methods/index.ts'
import type { PrmRequest } from '../../src/train/prm-request.ts'
import type { PrmReport } from '../../src/train/prm-training.ts'
import { fixture, rowsFile } from '../cli/commands.ts'

/** Rows in minform's own format: sums of which every third has a wrong second step. */
export const rows = Array.from({ length: 60 }, (_, i) => {
  const [a, b] = [i % 7, i % 5]
  const wrong = i % 3 === 0
  const sum = wrong ? a + b + 1 : a + b
  return {
    id: `row ${i}`,
    problem: { id: `p${i}`, prompt: `Add ${a} and ${b}, ${i}.\n\n` },
    steps: [`We add ${a} and ${b}.`, `${a} + ${b} = ${sum}`, `\\boxed{${sum}}`],
    labels: wrong ? [1, 0, null] : [1, 1, 1],
    meaning: 'rightness',
    answerRight: !wrong,
  }
})

/** A folder for what a test writes, and a file of the rows; removed by `remove`. */
export function prmSubject() {
  const folder = mkdtempSync(join(tmpdir(), 'minform-prm-'))
  const data = rowsFile(rows)
  let count = 0
  const request = (loss = 'cross-entropy', more: Partial<PrmRequest> = {}) => {
    const out = join(folder, `model-${++count}`)
    return {
      method: prmMethodOf(loss),
      model: fixture('qwen2'),
      out,
      folder: `${out}-training`,
      source: { kind: 'files', files: [data], validation: 0.2 },
      threads: 1,
      ...more,
      course: { updates: 4, learningRate: 1e-3, batch: 8, ...more.course },
      keeping: { validateEvery: 2, ...more.keeping },
    } satisfies PrmRequest
  }
  const remove = (): void => rmSync(folder, { recursive: true })
  return { folder, data, request, remove }
}

/** A report that keeps what it is told. */
export function kept(): PrmReport & { readonly lines: string[]; readonly validated: number[] } {
  const [lines, validated] = [[] as string[], [] as number[]]
  return {
    lines,
    validated,
    stages: { start: () => {}, update: () => {}, end: () => {} },
    data: ({ learn, validation }, examples, leftOut) =>
      lines.push(`${learn.length} ${validation.length} ${examples} ${leftOut.length}`),
    validation: done => validated.push(done),
    say: line => lines.push(line),
  }
}
