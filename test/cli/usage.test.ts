import { expect, test } from 'vitest'
import { usageText } from '../../src/cli/usage.ts'

test('how it is called, what it does, and each option beside its name', () => {
  const text = usageText({
    path: 'prm eval',
    about: 'measures a judge',
    args: {
      file: { type: 'positional', required: false, description: 'labelled solutions' },
      maxTokens: { type: 'string', description: 'of one rollout', default: '160' },
      style: { type: 'enum', options: ['one', 'two'], description: 'of a critique' },
      device: { type: 'enum', options: ['cpu', 'gpu'], description: 'cpu or gpu', default: 'cpu' },
      json: { type: 'boolean', description: 'print JSON' },
      aVeryLongNameOfAnOption: { type: 'string', description: 'has a line of its own' },
      bare: { type: 'string' },
    },
    commands: {},
  })
  expect(text).toBe(`usage: minform prm eval [FILE] [options]

measures a judge

  FILE                    labelled solutions

  --max-tokens <value>    of one rollout; default 160
  --style <value>         of a critique; one of one, two
  --device <value>        cpu or gpu; default cpu
  --json                  print JSON
  --a-very-long-name-of-an-option <value>
                          has a line of its own
  --bare <value>
`)
})

test('long descriptions are wrapped at their column, commands are listed', () => {
  const words = Array.from({ length: 40 }, (_, i) => `word${i}`).join(' ')
  const text = usageText({
    path: 'prm',
    about: words,
    args: { x: { type: 'string', description: words } },
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
