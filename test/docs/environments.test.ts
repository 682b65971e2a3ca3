// The code of docs/environments.md, as it stands there.

import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import type { Problem } from '../../src/types.ts'
import { loadEnvironment } from '../../src/user/environment.ts'
import { userFiles } from '../user/files.ts'

const page = readFileSync(new URL('../../docs/environments.md', import.meta.url), 'utf8')
const { file, remove } = userFiles()
afterAll(remove)

test('the environment answers', async () => {
  const code = /^```ts\n([\s\S]*?)^```$/m.exec(page)![1]!
  const { environment } = await loadEnvironment(file('environment.ts', code))
  const { signal } = new AbortController()
  const talk = await environment.open({} as Problem, 1, signal)
  expect(talk.reply('How warm?', signal)).toBe(' 21 degrees.')
  expect(talk.reply('So 21.', signal)).toBeNull()
  expect(talk.score!(signal)).toEqual({ parts: { asked: 1 } })
})
