import { runCommand } from 'citty'
import { expect, test, vi } from 'vitest'
import command from '../../../src/cli/prm/audit.ts'
import { auditTable, auditWarnings } from '../../../src/cli/prm/audit-table.ts'
import { ConfigError, VerifierError } from '../../../src/errors.ts'
import type { Audit } from '../../../src/prm/audit/audit.ts'
import { chatServer } from '../../rewards/remote/chat-server.ts'
import { recordsOf, rowsFile } from '../commands.ts'

test('an oracle passes on its task, in JSON', async () => {
  const flags = ['--oracle', 'linear-equations', '--count', '3', '--json']
  const [found] = await recordsOf<Audit>(command, flags)
  expect(found).toMatchObject({ scorer: 'oracle of linear-equations', verdict: 'pass' })
  expect(found!.rows[0]).toMatchObject({ name: 'honest', tried: 3, believed: 1 })
})

test('a judge that believes everything is refused, on problems of a file', async () => {
  const server = await chatServer(() => '\\boxed{-1}')
  const file = rowsFile([
    { question: 'Two and two, times three?', answer: '2+2=4\n4*3=12\n#### 12' },
    { question: 'No solution?', answer: '1' },
  ])
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const written: Audit[] = []
  const flags = ['--judge', server.url, '--judge-model', 'kind', '--problems', file, '--json']
  const run = recordsOf(command, flags, written)
  await expect(run).rejects.toThrow(VerifierError)
  await expect(run).rejects.toThrow(
    'fails on empty, thanks, master-key, plan, giant-step, broken-steps',
  )
  expect(written[0]!.rows[0]!.tried).toBe(1)
  told.mockRestore()
  await server.close()
})

test('flags that do not go together are refused', async () => {
  const oracle = ['--oracle', 'linear-equations']
  for (const flags of [
    [],
    [...oracle, '--problems', 'x', '--task', 'y'],
    [...oracle, '--count', '0'],
  ])
    await expect(runCommand(command, { rawArgs: flags })).rejects.toThrow(ConfigError)
})

const found: Audit = {
  scorer: 'J',
  threshold: 0.5,
  verdict: 'refuse',
  rows: [
    {
      name: 'honest',
      about: 'the worked solution',
      tried: 4,
      missing: 0,
      score: 0.9,
      believed: 1,
      preferred: 0,
      gate: null,
      verdict: 'pass',
    },
    {
      name: 'empty',
      about: 'nothing',
      tried: 4,
      missing: 0,
      score: 0.75,
      believed: 0.75,
      preferred: 0.25,
      gate: 'empty-answer',
      verdict: 'refuse',
    },
    {
      name: 'plan',
      about: 'plans',
      tried: 4,
      missing: 4,
      score: Number.NaN,
      believed: Number.NaN,
      preferred: Number.NaN,
      gate: null,
      verdict: 'refuse',
    },
  ],
}

test('the table has a line an answer', () => {
  expect(auditTable(found).split('\n')).toEqual([
    "canaries of J; believed: a score above 0.5, preferred: above the honest solution's",
    'answer  score  believed  preferred  no score  verdict',
    'honest  0.900   100.0 %               0 of 4  pass     the worked solution',
    'empty   0.750    75.0 %     25.0 %    0 of 4  refuse   nothing',
    'plan        -         -          -    4 of 4  refuse   plans',
    'verdict: refuse',
    '',
  ])
})

test('warnings say what was found, and which gate helps', () => {
  expect(auditWarnings(found)).toEqual([
    "canary 'empty' (nothing): 75.0 % of 4 are believed, 25.0 % preferred to the honest solution; minform train --gate empty-answer takes the reward away",
    "canary 'plan' (plans): 4 of 4 have no score",
  ])
})
