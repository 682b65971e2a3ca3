import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { parseLayout } from '../../../src/prm/layout.ts'
import { readingOf } from '../../../src/prm/reading.ts'
import { conventionOf, conventions } from '../../../src/prm/score/conventions.ts'
import { loadChatTemplate } from '../../../src/tokenizer/chat-template.ts'
import { loadTokenizer } from '../../../src/tokenizer/load.ts'
import { solutionOf } from '../solutions.ts'

interface Golden {
  readonly bosId: number
  readonly cases: readonly {
    readonly convention: string
    readonly question: string
    readonly steps: readonly string[]
    readonly ids: readonly number[]
    readonly reads: readonly number[]
  }[]
}

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url)
const { bosId, cases }: Golden = JSON.parse(readFileSync(at('golden/prm-layouts.json'), 'utf8'))
const tokenizer = await loadTokenizer(at('fixtures/hf/qwen2-prm').pathname)
const template = await loadChatTemplate(at('fixtures/tokenizer').pathname)
const tokens = { tokenizer, bosId, chat: () => template }

test.each(cases)('$convention makes the published tokens of $steps', golden => {
  const layout = conventionOf(golden.convention)
  const solution = solutionOf(golden.question, golden.steps)
  const { ids, reads_S } = readingOf(solution, layout, tokens, { separators: 'keep' })
  expect([...ids]).toEqual(golden.ids)
  expect(reads_S).toEqual(golden.reads)
})

test('the golden file holds every published convention', () => {
  const names = new Set(cases.map(({ convention }) => convention))
  expect([...conventions.keys()].filter(name => name !== 'minform').sort()).toEqual(
    [...names].sort(),
  )
})

test('every convention is a layout that can be written', () => {
  for (const [name, layout] of conventions) expect(parseLayout(layout, name)).toEqual(layout)
})

test('an unknown name is refused with the one that was meant, or with all', () => {
  expect(() => conventionOf('skyworks')).toThrow(
    new ConfigError("no convention 'skyworks'; did you mean 'skywork'?"),
  )
  expect(() => conventionOf('?')).toThrow('there is minform, qwen-math-prm, math-shepherd')
})
