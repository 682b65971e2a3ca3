import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import command from '../../src/cli/sft.ts'
import { printedBy, rowsFile } from './commands.ts'

const base = fileURLToPath(new URL('../../models/base', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'minform-sft-'))

const printed = (...rawArgs: string[]): Promise<string> =>
  printedBy(command, ['--model', base, '--threads', '1', ...rawArgs])

test('learns a task through an adapter, and says what came out, where, and what is next', async () => {
  const out = join(root, 'out')
  const some = ['--updates', '2', '--update-size', '4', '--lora', '2', '--difficulty', '0']
  const text = await printed('--out', out, ...some)
  expect(text).toMatch(
    /loss on 20 held-out solutions: \d\.\d{4} before, \d\.\d{4} after, in nats a token/,
  )
  expect(text).toContain(`adapter: ${out}, asked by the template plain`)
  expect(text).toContain(`minform eval --model ${out}`)
  expect(existsSync(join(out, 'adapter_config.json'))).toBe(true)
})

test('what cannot be asked is refused before anything is written', async () => {
  const out = ['--out', join(root, 'none')]
  const unsolved = rowsFile([{ question: '1+1?', answer: '2' }])
  const cases: [string[], string][] = [
    [['--updates', '5', '--epochs', '2'], 'both say how long'],
    [['--merge'], '--merge goes with --lora'],
    [['--problems', unsolved], 'no problem has a worked solution'],
    [['--problems', unsolved, '--task', 'nested-arithmetic'], 'does not go with --problems'],
    [['--learning-rate', 'fast'], '--learning-rate'],
  ]
  for (const [args, message] of cases)
    await expect(printed(...out, ...args), message).rejects.toThrow(message)
  expect(existsSync(out[1]!)).toBe(false)
})
