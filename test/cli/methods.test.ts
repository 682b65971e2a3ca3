// The registry of systems against what is really there: every name, test and command, and the files made from it.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { tables as files, tableText } from '../../scripts/tables.ts'
import { commands } from '../../src/cli/commands.ts'
import type { Command } from '../../src/cli/dispatch.ts'
import { dispatch } from '../../src/cli/dispatch.ts'
import { checkArguments, type Flags } from '../../src/cli/flags.ts'
import { methodsPage } from '../../src/cli/methods/page.ts'
import {
  type Kind,
  type MethodEntry,
  methodEntry,
  parts,
  systems,
  tables,
} from '../../src/cli/methods/systems.ts'
import { hacks } from '../../src/prm/audit/hacks.ts'
import { commandWords } from '../../src/rewards/command/words.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const all = systems()
const built = all.filter(({ status }) => status !== 'missing')

test('every system of the list is there once', () => {
  const counts = parts.map(part => all.filter(one => one.part === part).length)
  expect(counts).toEqual([46, 48, 13, 5])
  expect(new Set(all.map(one => one.system)).size).toBe(112)
})

test.each(files)('$folder/$file is fresh: npm run tables', table => {
  expect(readFileSync(join(root, table.folder, table.file), 'utf8')).toBe(tableText(table))
})

test('docs/methods.md is fresh: npm run tables', () => {
  expect(readFileSync(join(root, 'docs/methods.md'), 'utf8')).toBe(methodsPage())
})

describe.each(built)('$system', system => {
  const entry = methodEntry(system)

  test('is what it says, and says what is left out', () => {
    const names = Object.entries(system.names) as [Kind, string[]][]
    expect(names).not.toEqual([])
    for (const [kind, of] of names)
      for (const name of of) expect(exists(kind, name), `${kind} ${name}`).toBe(true)
    expect(entry.missing === null).toBe(entry.status === 'whole')
  })

  test('has a test', () => {
    expect(existsSync(join(root, entry.test!))).toBe(true)
  })

  test('has a command whose flags there are', async () => {
    for (const line of entry.run!.split(' && ')) {
      const [, words] = /^npm run minform -- (.+)$/.exec(line)!
      await accepted(commandWords(words!))
    }
  })
})

test('what is missing has no names, no command and no test', () => {
  for (const one of all.filter(({ status }) => status === 'missing'))
    expect([one.names, one.run, one.test, one.missing]).toEqual([{}, null, null, 'all of it'])
})

test('the command prints an entry for each system, as text and as JSON', async () => {
  const written: string[] = []
  const { write } = process.stdout
  const print = async (...argv: string[]): Promise<string> => {
    written.length = 0
    process.stdout.write = (text: string | Uint8Array) => written.push(String(text)) > 0
    try {
      const none = (): void => {}
      await dispatch(commands, argv, { out: none, err: none, version: '0', debug: false })
    } finally {
      process.stdout.write = write
    }
    return written.join('')
  }
  const entries = JSON.parse(await print('methods', '--json')) as MethodEntry[]
  expect(entries).toHaveLength(112)
  const hero = entries.find(({ system }) => system === 'HERO')!
  expect(hero).toMatchObject({ paper: 'arXiv:2510.07242', kind: 'recipe', names: ['hero'] })
  expect(hero.differs.join()).toContain('momentum 0.9') // said by the recipe
  expect(await print('methods')).toContain('HERO')
})

/** Whether a name is one of a command's, or a file of src. */
function exists(kind: Kind, name: string): boolean {
  const table = tables[kind]
  if (table !== undefined) return table.some(one => one.name === name)
  if (kind === 'audit' && hacks.some(hack => hack.name === name)) return true
  const folders = {
    reward: ['rewards'],
    audit: ['prm/audit'],
    measure: ['prm/evaluate', 'prm/score', 'eval'],
  }
  const places = folders[kind as keyof typeof folders]
  return places.some(folder => existsSync(join(root, 'src', folder, `${name}.ts`)))
}

/** Throws where the command or one of its flags does not exist, or a file that it reads. */
async function accepted(words: readonly string[]): Promise<void> {
  const [name, ...rest] = words
  const made = (await commands[name!]!.load()).default
  let [command, args] = [typeof made === 'function' ? await made(rest) : made, rest]
  const inner = (command.subCommands ?? {}) as Record<string, () => Promise<Command>>
  if (args[0] !== undefined && Object.hasOwn(inner, args[0]))
    [command, args] = [await inner[args[0]]!(), args.slice(1)]
  checkArguments(words.join(' '), args, (command.args ?? {}) as Flags)
  for (const word of words.filter(word => /^(models|test|examples)\//.test(word)))
    expect(existsSync(join(root, word)), word).toBe(true)
}
