import { afterAll, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import * as minform from '../../src/index.ts'
import { loadUserModule, namesFile } from '../../src/user/load.ts'
import { userFiles } from './files.ts'

const { folder, file, remove } = userFiles()
afterAll(remove)

test('what is a file and what is a name', () => {
  expect(['./r.ts', 'r.mjs', 'a/b', 'C:\\r\\r', '/r.cts'].filter(namesFile)).toHaveLength(5)
  expect(['pure-vr', 'nested-arithmetic', 'ts', 'r.tsv', 'grpo:a=1'].filter(namesFile)).toEqual([])
})

test('TypeScript that imports minform gets this very copy, and its own files', async () => {
  file('half.ts', 'export const half = (n: number): number => n / 2')
  const path = file(
    'reward.ts',
    `import { ConfigError, type Rollout, grade } from 'minform'
import { half } from './half.ts'
const one: number = await Promise.resolve(1)
export default { ConfigError, grade, half: (r: Rollout) => half(r.text.length + one) }`,
  )
  const { value, code, file: at } = await loadUserModule(path)
  const found = value as { ConfigError: unknown; grade: unknown; half(r: unknown): number }
  expect(found.ConfigError).toBe(minform.ConfigError)
  expect(found.grade).toBe(minform.grade)
  expect(found.half({ text: 'abc' })).toBe(2)
  expect(at).toBe(path)
  expect(Object.keys(code).sort()).toEqual([`${folder}/half.ts`, path])
})

test('minform may be asked for by a part of it, and later', async () => {
  file('graded.ts', "import { grade } from 'minform'\nexport const same = grade")
  const text = `import { same } from './graded.ts'
export default async () => [same, (await import(['min', 'form'].join(''))).grade]`
  const { value } = await loadUserModule(file('parts.ts', text))
  const found = await (value as () => Promise<unknown[]>)()
  expect(found).toEqual([minform.grade, minform.grade])
  const late = await loadUserModule(
    file('late.ts', "export default () => import(['min', 'form'].join(''))"),
  )
  expect(((await (late.value as () => unknown)()) as typeof minform).grade).toBe(minform.grade)
})

test.each([
  ['a.mjs', "import { grade } from 'minform'\nexport default () => typeof grade", 'function'],
  ['b.cjs', 'module.exports = () => require("node:path").basename("x/y")', 'y'],
  ['c.js', 'export default () => import.meta.url.slice(0, 5)', 'file:'],
  ['d.cts', 'module.exports = (): string => "typed"', 'typed'],
])('%s', async (name, text, expected) => {
  const { value } = await loadUserModule(file(name, text))
  expect((value as () => unknown)()).toBe(expected)
})

test('a file that has changed is loaded anew, and so is what it imports', async () => {
  file('part.ts', 'export const part = 1')
  const path = file('whole.ts', "import { part } from './part.ts'\nexport default part")
  const first = await loadUserModule(path)
  file('part.ts', 'export const part = 2')
  const second = await loadUserModule(path)
  expect([first.value, second.value]).toEqual([1, 2])
  expect(first.code[path]).toBe(second.code[path])
  expect(first.code[`${folder}/part.ts`]).not.toBe(second.code[`${folder}/part.ts`])
})

test.each([
  [
    'syntax.ts',
    'export default (a: number) => {\n  const x = ;\n}',
    /syntax\.ts:2:12: cannot be parsed: /,
  ],
  ['none.ts', 'export const a = 1, b = 2', 'none.ts: expected a default export; it exports a, b'],
  ['empty.ts', '', 'empty.ts: expected a default export; it exports nothing'],
  [
    'missing.ts',
    "import './nope.ts'\nexport default 1",
    "missing.ts: Cannot find module './nope.ts'",
  ],
  [
    'package.ts',
    "import 'no-such-package'\nexport default 1",
    "Cannot find module 'no-such-package'",
  ],
  [
    'throws.ts',
    '\n\nthrow new TypeError("at load")',
    /throws\.ts: failed while it was loaded: TypeError: at load \(throws\.ts:3:\d+\)/,
  ],
  ['text.ts', 'throw "a text"', 'failed while it was loaded: threw the text "a text"'],
])('%s is refused with the reason', async (name, text, message) => {
  const error = await loadUserModule(file(name, text)).catch(e => e)
  expect(error).toBeInstanceOf(ConfigError)
  expect(error.message).toMatch(message)
})

test.each([
  ['./nowhere.ts', './nowhere.ts: there is no such file'],
  [folder, 'expected a file of TypeScript or JavaScript'],
  [file('data.json', '{}'), 'expected a file of TypeScript or JavaScript'],
])('%s is no file of code', async (name, message) => {
  const error = await loadUserModule(name).catch(e => e)
  expect(error).toBeInstanceOf(ConfigError)
  expect(error.message).toContain(message)
})
