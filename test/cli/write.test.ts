import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import command from '../../src/cli/write.ts'
import { readProblems } from '../../src/problems/read-problems.ts'
import { criteriaOf } from '../../src/rewards/criteria-tree.ts'
import { chatServer } from '../rewards/remote/chat-server.ts'
import { printedBy, rowsFile } from './commands.ts'

const newFile = (): string => join(mkdtempSync(join(tmpdir(), 'minform-write-')), 'out.jsonl')
const problems = rowsFile(
  ['1+1', '2+1', '3+1'].map((sum, i) => ({
    question: `What is ${sum}?`,
    answer: String(i + 2),
    kind: 'sum',
  })),
)

test('rows with what was written, read again as problems; what was not is counted, and left out', async () => {
  const server = await chatServer(({ body }) => {
    const { content } = body.messages[0]!
    return content.includes('2+1') ? 'no tags' : '<problem>Add them.</problem>'
  })
  try {
    const out = newFile()
    const asking = ['--chat', server.url, '--chat-model', 'm', '--chat-retries', '0']
    const args = ['rewrites', '--problems', problems, ...asking, '--out', out]
    expect(JSON.parse(await printedBy(command, [...args, '--json']))).toEqual({
      ...{ problems: 3, written: 2, missing: { 'no other words': 1 } },
    })
    const read = await readProblems(out)
    expect(read.map(({ prompt, answer }) => [prompt, answer])).toEqual([
      ['What is 1+1?', '2'],
      ['What is 3+1?', '4'],
    ])
    expect(read[0]!.meta).toMatchObject({ rewrite: 'Add them.', kind: 'sum' })
    const asked = server.asked.length
    const whole = readFileSync(out, 'utf8')
    expect(await printedBy(command, [...args, '--resume'])).toContain('2 of 3 rows are in')
    expect([server.asked.length, readFileSync(out, 'utf8')]).toEqual([asked, whole]) // all was done
    await expect(printedBy(command, args)).rejects.toThrow('--resume')
  } finally {
    await server.close()
  }
})

test('one tree of criteria for all rows, from where right and wrong solutions part', async () => {
  const candidates = rowsFile([
    {
      question: 'What is 9+1?',
      rollouts: [
        { text: 'Add them.\n\n9+1=10\n\n\\boxed{10}', reward: 1 },
        { text: 'Add them.\n\n9+1=11\n\n\\boxed{11}', reward: 0 },
        { text: 'Add them.\n\nunread', reward: 0 },
      ],
    },
  ])
  const server = await chatServer(({ body }) => {
    const { content } = body.messages[0]!
    if (content.includes('unread')) return 'I cannot tell.'
    if (content.includes('of one kind')) return '<criterion>Is right.</criterion>'
    return '<criteria>\n- The sum of numbers is right.\n- the sum of numbers, is right\n- The sum is right.\n- Names units.\n</criteria>'
  })
  try {
    const [out, asking] = [newFile(), ['--chat', server.url, '--chat-model', 'm']]
    const args = [
      'criteria',
      '--problems',
      problems,
      ...asking,
      '--chat-retries',
      '0',
      '--out',
      out,
    ]
    await expect(printedBy(command, args)).rejects.toThrow('write criteria needs --candidates')
    await printedBy(command, [...args, '--candidates', candidates])
    expect(server.asked).toHaveLength(3) // two pairs, and the name of a cluster
    const { content } = server.asked[0]!.body.messages[0]!
    expect(content).toContain('<before>\nAdd them.\n</before>\n\n<first>\n9+1=10\n</first>')
    const read = await readProblems(out)
    expect(read).toHaveLength(3)
    for (const problem of read)
      expect(criteriaOf(problem)).toEqual([
        { criterion: 'Is right.', finer: ['The sum of numbers is right.', 'The sum is right.'] },
        { criterion: 'Names units.', finer: [] },
      ])
  } finally {
    await server.close()
  }
})

test('what cannot be asked is refused before anything is written', async () => {
  const out = newFile()
  const rest = ['--problems', problems, '--out', out]
  await expect(printedBy(command, ['poems', ...rest])).rejects.toThrow("'poems' is nothing")
  await expect(printedBy(command, ['rubrics', ...rest])).rejects.toThrow('name one who is asked')
  const policy = [...rest, '--chat', 'policy']
  await expect(printedBy(command, ['rubrics', ...policy])).rejects.toThrow('no policy learns here')
})
