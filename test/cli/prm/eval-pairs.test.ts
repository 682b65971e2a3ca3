import { afterEach, expect, test } from 'vitest'
import command from '../../../src/cli/prm/eval.ts'
import type { EvalReport } from '../../../src/cli/prm/eval-report.ts'
import { fixture as prmFixture } from '../../prm/formats/files.ts'
import { type Asked, type ChatServer, chatServer } from '../../rewards/remote/chat-server.ts'
import { fixture, printedBy, rowsFile } from '../commands.ts'

const servers: ChatServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const bench = prmFixture('reward-bench.jsonl')
const evaluated = async (reply: (asked: Asked) => string, ...flags: string[]) => {
  const server = await chatServer(reply)
  servers.push(server)
  const judge = ['--judge', server.url, '--judge-model', 'm', '--retries', '0']
  const out = await printedBy(command, [
    bench,
    '--pairs',
    'compare',
    ...judge,
    '--trials',
    '4',
    ...flags,
  ])
  return { out, server }
}
const reportOf = async (reply: (asked: Asked) => string) =>
  (JSON.parse((await evaluated(reply, '--json')).out) as EvalReport).pairwise!

/** The two answers that are shown. */
const boxes = ({ body }: Asked): string[] =>
  [...body.messages[1]!.content.matchAll(/<answer-[ab]>\n([\s\S]*?)\n<\/answer-[ab]>/g)].map(
    one => one[1]!,
  )

test('each two candidates are shown in both places; a judge by places is found out', async () => {
  const found = await reportOf(() => 'The first. \\boxed{A}')
  expect(found).toMatchObject({ right: 0.5, rightInBoth: 0, changed: 1, first: 1, missing: 0 })
  expect(found.pairs).toBeGreaterThan(3)
  expect(found.winners.map(({ how }) => how)).toEqual(['knock-out', 'strengths', 'elo'])
})

test('a judge by what it is shown has one opinion; what cannot be read is missing', async () => {
  const byText = (asked: Asked): string => {
    const [a, b] = boxes(asked)
    return `\\boxed{${a === b ? 'tie' : a! < b! ? 'A' : 'B'}}`
  }
  expect(await reportOf(byText)).toMatchObject({ changed: 0, first: 0.5, missing: 0 })
  let call = 0
  const half = await evaluated(() => (call++ % 2 === 0 ? 'I cannot say' : '\\boxed{B}'), '--json')
  const { missing, first } = (JSON.parse(half.out) as EvalReport).pairwise!
  expect([missing, first]).toEqual([half.server.asked.length / 2, 0])
})

test('in words; by rubrics; by a model here', async () => {
  const { out, server } = await evaluated(() => 'tie', '--pairs', 'rubrics')
  expect(out).toContain('changes with the places')
  expect(out).toContain('right winner by knock-out')
  expect(server.asked[0]!.body.messages[1]!.content).toContain('solve it yourself')
  const row = { id: 0, subset: 'x', prompt: 'Compute 1+1.', chosen: '2', rejected: '3' }
  const here = ['--pairs', 'compare', '--pair-model', fixture('qwen3'), '--threads', '1', '--json']
  const report = JSON.parse(await printedBy(command, [rowsFile([row]), ...here])) as EvalReport
  expect(report.judge).toContain('by pairs (compare)')
  expect(report.pairwise).toMatchObject({ problems: 1 })
})

test.each([
  [['--pairs', 'compare'], 'by one of --judge ADDRESS and --pair-model MODEL'],
  [['--pairs', 'compare', '--pair-model', 'a', '--judge', 'http://b/v1'], 'by one of'],
  [['--pairs', 'compare', '--prm', 'models/prm'], 'leave out --prm'],
  [['--pairs', 'compare', '--pair-model', 'a', '--votes', '3'], 'leave out --votes'],
  [['--pair-model', 'a'], '--pair-model goes with --pairs'],
])('%j is refused', async (flags, message) => {
  await expect(printedBy(command, [bench, ...flags])).rejects.toThrow(message)
})
