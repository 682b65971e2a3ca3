import { afterEach, describe, expect, test, vi } from 'vitest'
import command, { type ScoredRow } from '../../../src/cli/prm/score.ts'
import { ConfigError, DataError, VerifierError } from '../../../src/errors.ts'
import { type ChatServer, chatServer } from '../../rewards/remote/chat-server.ts'
import { fixture, recordsOf, rowsFile } from '../commands.ts'

const problem = {
  id: 'p',
  prompt: 'Compute (3+4)*2.\n\n',
  answer: '14',
  meta: { task: 'nested-arithmetic', expression: '(3+4)*2' },
}
const right = ['3+4=7, so 7*2', '7*2=14, so 14', '\\boxed{14}']
const oracle = ['--oracle', 'nested-arithmetic']
const score = (rows: readonly unknown[], ...flags: string[]) =>
  recordsOf<ScoredRow>(command, [rowsFile(rows), ...flags])

const servers: ChatServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

/** What is written to standard error meanwhile. */
async function told(work: () => Promise<unknown>): Promise<string> {
  const lines: string[] = []
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation(text => {
    lines.push(String(text))
    return true
  })
  await work().finally(() => spy.mockRestore())
  return lines.join('')
}

describe('minform prm score', () => {
  test('writes a line a row, in order: the scores of its steps, and one of all', async () => {
    const wrong = ['3+4=8, so 8*2', '8*2=16, so 16']
    const rows = await score(
      [
        { id: 'a', problem, steps: right },
        { problem, text: wrong.join('\n\n') },
      ],
      ...oracle,
    )
    expect(rows).toEqual([
      { id: 'a', scores: [1, 1, 1], score: 1 },
      { id: '2', scores: [0, null], score: 0 },
    ])
  })

  test('scores by a model folder', async () => {
    const flags = ['--prm', fixture('qwen2-prm'), '--convention', 'trl', '--threads', '1']
    const rows = await score(
      [
        { prompt: 'Q?', steps: ['a', 'b'] },
        { prompt: 'Q?', steps: [] },
      ],
      ...flags,
    )
    expect(rows.map(({ scores }) => scores?.length)).toEqual([2, 0])
    expect(rows[0]!.score).toBe(Math.min(...(rows[0]!.scores as number[])))
    expect(rows[1]!.score).toBeNull()
    const pure = ['--convention', 'pure-prm', '--aggregation', 'product']
    const refused = score([], '--prm', fixture('qwen2-prm'), ...pure)
    await expect(refused).rejects.toThrow(ConfigError)
    await expect(refused).rejects.toThrow('--aggregation product is of scores of 0 or more')
  })

  test('ends at a row that cannot be scored, after those before it', async () => {
    const rows = [
      { problem, steps: right },
      { problem: 'no meta', steps: right },
      { problem, steps: right },
    ]
    const written: ScoredRow[] = []
    const run = recordsOf(command, [rowsFile(rows), ...oracle], written)
    await expect(run).rejects.toThrow(DataError)
    expect(written).toEqual([{ id: '1', scores: [1, 1, 1], score: 1 }])
  })

  test('or goes on, and says which row had what', async () => {
    const rows = [
      '{',
      { steps: [] },
      { problem: 'no meta', steps: ['a'] },
      { problem, steps: right },
    ]
    let found: ScoredRow[] = []
    const said = await told(async () => {
      found = await score(rows, ...oracle, '--skip-bad')
    })
    expect(found.map(({ id, scores }) => [id, scores])).toEqual([
      ['1', null],
      ['2', null],
      ['3', null],
      ['4', [1, 1, 1]],
    ])
    expect(found[0]!.error).toContain('rows.jsonl:1: not JSON')
    expect(found[1]!.error).toContain('expected one of problem, prompt, question')
    expect(found[2]!.error).toContain('meta.expression is not a text')
    expect(said).toBe('minform: 3 rows could not be scored\n')
  })

  test('asks a judge, and says what that took; a row without critiques has no scores', async () => {
    const server = await chatServer(({ body }) =>
      body.messages[1]!.content.includes('hard') ? '?' : '\\boxed{1}',
    )
    servers.push(server)
    const flags = ['--judge', server.url, '--judge-model', 'm', '--retries', '0', '--votes', '2']
    let found: ScoredRow[] = []
    const said = await told(async () => {
      found = await score(
        [
          { prompt: 'easy', steps: ['a', 'b'] },
          { prompt: 'hard', steps: ['a'] },
        ],
        ...flags,
      )
    })
    expect(found).toEqual([
      { id: '1', scores: [1, 0], score: 0 },
      { id: '2', scores: [null], score: null },
    ])
    expect(said).toContain('4 requests (0 again), 28 tokens in, 12 out')
    expect(said).toContain('missing critiques: 2 garbage')
  })

  test('tests itself on a task only where it is asked to', async () => {
    await expect(score([], ...oracle, '--task', 'nested-arithmetic')).rejects.toThrow('--self-test')
  })
})

test('--self-test says what the scorer can do, and fails where it cannot', async () => {
  const checks = await recordsOf<{ check: string; passed: boolean }[]>(command, [
    ...oracle,
    '--self-test',
    '--json',
  ])
  expect(checks[0]!.map(({ passed }) => passed)).toEqual([true, true, true, true])
  const server = await chatServer(() => '\\boxed{-1}')
  servers.push(server)
  const flags = ['--judge', server.url, '--judge-model', 'kind', '--self-test', '--json']
  await told(async () => {
    const run = recordsOf(command, flags)
    await expect(run).rejects.toThrow(VerifierError)
    await expect(run).rejects.toThrow('judge kind: failed tells-apart')
  })
})
