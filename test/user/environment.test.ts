import { afterAll, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import type { Problem } from '../../src/types.ts'
import { loadEnvironment } from '../../src/user/environment.ts'
import { userFiles } from './files.ts'

const { file, remove } = userFiles()
afterAll(remove)

test('an environment in a file, its functions on the object that holds them', async () => {
  const path = file(
    'reverse.ts',
    `import type { Environment } from 'minform'
class Reverse implements Environment {
  name = 'reverse'
  stops = ['?']
  open() { return { reply: (text: string) => text === 'bye' ? null : [...text].reverse().join('') + this.name } }
}
export default new Reverse()`,
  )
  const { environment, code } = await loadEnvironment(path)
  expect(Object.keys(code)).toEqual([path])
  const { signal } = new AbortController()
  const talk = await environment.open({} as Problem, 1, signal)
  expect(talk.reply('ab?', signal)).toBe('?bareverse')
})

test.each([
  ['export default 7', 'default export: expected an environment: {name, stops, open}, found 7'],
  ['export default {}', 'name: expected a text, found undefined'],
  [
    "export default { name: 'x' }",
    'stops: expected a list of texts, none of them empty, found undefined',
  ],
  [
    "export default { name: 'x', stops: [''] }",
    'stops: expected a list of texts, none of them empty',
  ],
  [
    "export default { name: 'x', stops: [] }",
    'open: expected a function (problem, seed, signal) => talk, found',
  ],
  [
    "export default { name: 'x', stops: [], open() {}, timeoutMs: 0 }",
    'timeoutMs: expected a number above 0',
  ],
  [
    "export default { name: 'x', stops: [], open() {}, judges: 1 }",
    'judges: expected true or false, found 1',
  ],
])('%s is refused', async (text, message) => {
  const loading = loadEnvironment(file('bad.ts', text))
  await expect(loading).rejects.toThrow(ConfigError)
  await expect(loading).rejects.toThrow(message)
})
