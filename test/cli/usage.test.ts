import { describe, expect, test } from 'vitest'
import { type Usage, usageText } from '../../src/cli/usage.ts'

test('how it is called, what it does, and each option beside its name', () => {
  const text = usageText({
    path: 'prm eval',
    about: 'measures a judge',
    args: {
      file: { type: 'positional', required: false, description: 'labelled solutions' },
      maxTokens: {
        type: 'string',
        valueHint: 'count',
        description: 'of one rollout',
        default: '160',
      },
      style: {
        type: 'enum',
        options: ['one', 'two', 'three-hundred', 'thirty'],
        description: 'of a critique',
      },
      device: { type: 'enum', options: ['cpu', 'gpu'], description: 'cpu or gpu', default: 'cpu' },
      json: { type: 'boolean', description: 'print JSON' },
      aVeryLongNameOfAnOption: {
        type: 'string',
        valueHint: 'file',
        description: 'has a line of its own',
      },
      bare: { type: 'string', valueHint: 'text' },
      whiten: { type: 'boolean', negatable: true, description: 'or not' },
    },
    commands: {},
  })
  expect(text).toBe(`usage: minform prm eval [FILE] [options]

measures a judge

  FILE                    labelled solutions

  --max-tokens <count>    of one rollout; default 160
  --style <choice>        of a critique; one of one, two, three-hundred, thirty
  --device <cpu|gpu>      cpu or gpu; default cpu
  --json                  print JSON
  --a-very-long-name-of-an-option <file>
                          has a line of its own
  --bare <text>
  --[no-]whiten           or not
`)
})

test('long descriptions are wrapped at their column, commands are listed', () => {
  const words = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ')
  const text = usageText({
    path: 'prm',
    about: words,
    args: { x: { type: 'string', valueHint: 'text', description: words } },
    commands: { eval: 'measures a judge' },
  })
  expect(text).toContain('usage: minform prm COMMAND [options]\n')
  expect(text).toContain('  eval                    measures a judge\n')
  const lines = text.split('\n')
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100)
  const option = lines.slice(lines.findIndex(line => line.startsWith('  --x')))
  expect(option.slice(1, -1).every(line => /^ {26}word/.test(line))).toBe(true)
  expect(option.join(' ').match(/word/g)).toHaveLength(40)
})

describe('parts', () => {
  const usage: Usage = {
    path: 'train',
    about: 'learns',
    args: {
      seed: { type: 'string', valueHint: 'number' },
      style: { type: 'string', valueHint: 'name', description: 'of a critique' },
      threads: { type: 'string', valueHint: 'count' },
    },
    sections: [
      { title: 'recipes', entries: { sum: 'adds' } },
      { title: 'machine', args: { threads: { type: 'string', valueHint: 'count' } } },
      {
        title: 'judge',
        args: { style: { type: 'string', valueHint: 'name', description: 'of a critique' } },
        folded: 'say how it is asked',
      },
    ],
  }

  test('flags of no part come first; a folded part is one line that says how to see it', () => {
    expect(usageText(usage)).toBe(`usage: minform train [options]

learns

  --seed <number>

recipes
  sum                     adds

machine
  --threads <count>

judge: 1 options say how it is asked: minform train --help judge
`)
  })

  test('one part alone, or all of them', () => {
    expect(usageText({ ...usage, topic: 'judge' })).toBe(
      'judge\n  --style <name>          of a critique\n',
    )
    const all = usageText({ ...usage, topic: 'all' })
    expect(all).toContain('--style <name>')
    expect(all).toContain('--seed <number>')
    expect(() => usageText({ ...usage, topic: 'jugde' })).toThrow("did you mean 'judge'?")
  })
})
