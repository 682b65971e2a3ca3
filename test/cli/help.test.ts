// What a user reads of every command, and that a flag means one thing wherever it stands.

import { expect, test, vi } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { type Command, dispatch } from '../../src/cli/dispatch.ts'
import type { Flag, Flags } from '../../src/cli/flags.ts'
import type { Recipe } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'

/** Every command by its path; of `train` and `compare` those without arguments. */
async function everyCommand(): Promise<Map<string, Command>> {
  const found = new Map<string, Command>()
  const add = async (path: string, command: Command): Promise<void> => {
    found.set(path, command)
    const inner = (command.subCommands ?? {}) as Record<string, () => Promise<Command>>
    for (const [name, load] of Object.entries(inner)) await add(`${path} ${name}`, await load())
  }
  for (const [name, { load }] of Object.entries(commands)) {
    const made = (await load()).default
    await add(name, typeof made === 'function' ? await made([]) : made)
  }
  return found
}

async function helpOf(...argv: string[]): Promise<string> {
  let text = ''
  const out = (more: string): void => {
    text += more
  }
  const code = await dispatch(commands, argv, { out, err: out, version: '0', debug: false })
  expect(code).toBe(0)
  return text
}

const all = await everyCommand()
const optionsOf = ({ args }: Command): [string, Flag][] =>
  Object.entries((args ?? {}) as Flags).filter(([, { type }]) => type !== 'positional')

test('every command tells the kind of every value, within 100 columns, and what every flag does', async () => {
  expect([...all.keys()]).toContain('prm eval')
  for (const [path, command] of all) {
    const text = await helpOf(...path.split(' '), '--help', 'all')
    expect(text).not.toContain('undefined')
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThanOrEqual(100)
    for (const [name, def] of optionsOf(command)) {
      expect(def.description, `${path} --${name}`).toBeTruthy()
      if (def.type === 'string') expect(def.valueHint, `${path} --${name}`).toBeTruthy()
    }
  }
})

test('a flag of one name takes one kind of value in every command', () => {
  const kinds = new Map<string, Map<string, string[]>>()
  for (const [path, command] of all)
    for (const [name, def] of optionsOf(command)) {
      const kind = def.type === 'string' ? def.valueHint : (def.type ?? 'boolean')
      const seen = kinds.get(name) ?? new Map<string, string[]>()
      seen.set(kind, [...(seen.get(kind) ?? []), path])
      kinds.set(name, seen)
    }
  kinds.delete('out') // what is made, a folder or a file
  const several = [...kinds].filter(([, seen]) => seen.size > 1)
  expect(several.map(([name, seen]) => [name, Object.fromEntries(seen)])).toEqual([])
})

test('train lists its recipes, and the options of the one that is named', async () => {
  const text = await helpOf('train', '--help')
  for (const { name } of recipes) expect(text).toContain(`\n  ${name} `)
  const ppo = await helpOf('train', 'ppo', '--help')
  expect(ppo).toContain('\noptions of ppo\n  --group-size <count>')
  expect(ppo).not.toContain('\nrecipes\n')
  expect(text).toMatch(/\njudge: \d+ options .*minform train --help judge\n/)
  expect(text).not.toContain('--judge-model')
  expect(await helpOf('train', '--help', 'judge')).toMatch(/^judge\n[\s\S]*--judge-model <name>/)
})

test('recipes says what each needs and takes, in words and as JSON', async () => {
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const printed = async (...argv: string[]): Promise<string> => {
    written.mockClear()
    await helpOf('recipes', ...argv)
    return written.mock.calls.map(([text]) => String(text)).join('')
  }
  try {
    const records = JSON.parse(await printed('--json')) as Recipe[]
    expect(records.map(({ name }) => name)).toEqual(recipes.map(({ name }) => name))
    expect(records.find(({ name }) => name === 'ppo')).toMatchObject({
      needs: ['grader'],
      beside: { critic: { classes: 1 } },
      options: { groupSize: { default: 8, help: 'rollouts of one problem' } },
    })
    expect(records.find(({ name }) => name === 'canon')!.abilities).toHaveProperty('entropies')
    const text = await printed()
    expect(text).toMatch(
      /^pure-prm \(arXiv:2504.15275\): [\s\S]*?Needs: a process reward model\.\n/m,
    )
    expect(text).toContain('\n  --[no-]whiten           ')
  } finally {
    written.mockRestore()
  }
})
