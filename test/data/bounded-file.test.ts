import { execFileSync } from 'node:child_process'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { boundedFile } from '../../src/data/bounded-file.ts'
import { DataError } from '../../src/errors.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'

const folder = mkdtempSync(join(tmpdir(), 'minform-bounded-'))
const file = (name: string): string => join(folder, name)

test('a file comes whole, one that is not there is null, and a link to a file is one', async () => {
  writeFileSync(file('a'), 'text')
  symlinkSync(file('a'), file('b'))
  expect([`${await boundedFile(file('a'))}`, `${await boundedFile(file('b'))}`]).toEqual([
    'text',
    'text',
  ])
  expect(await boundedFile(file('none'))).toBeNull()
  expect(await boundedFile(file('a'), 4)).toHaveLength(4)
  await expect(boundedFile(file('a'), 3)).rejects.toThrow('it has 4 bytes; expected at most 3')
  await expect(boundedFile(folder)).rejects.toThrow(DataError)
})

test.runIf(process.platform !== 'win32')('what never ends is refused: devices, pipes', async () => {
  symlinkSync('/dev/zero', file('config.json'))
  execFileSync('mkfifo', [file('tokenizer.json')])
  for (const [name, kind] of [
    ['config.json', 'a device'],
    ['tokenizer.json', 'a named pipe'],
  ] as const)
    await expect(boundedFile(file(name))).rejects.toThrow(
      `${file(name)}: it is ${kind}; expected a file`,
    )
  await expect(loadTokenizer(folder)).rejects.toThrow(/it is a (?:device|named pipe)/)
})
