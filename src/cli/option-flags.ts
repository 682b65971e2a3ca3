// The options of recipes, losses and labelers as flags: declared where the method is, told in the same way everywhere.

import type { Option, Options } from '../recipe.ts'
import type { Flag, Flags, ValueHint } from './flags.ts'

interface Owner {
  readonly name: string
  readonly options: Options
}

/** The options of one method as flags; a boolean takes no value. */
export function optionFlags({ options }: Pick<Owner, 'options'>): Flags {
  const entries = Object.entries(options).map(([name, option]) => [
    name,
    flagOf(option, `default ${option.default}`),
  ])
  return Object.fromEntries(entries)
}

/** The options of several methods as flags, each once, told with the methods that have it and its default there. */
export function optionFlagsOfAll(methods: readonly Owner[]): Flags {
  const names = new Set(methods.flatMap(({ options }) => Object.keys(options)))
  const entries = [...names].map(name => {
    const owners = methods.filter(({ options }) => Object.hasOwn(options, name))
    const told = owners.map(owner => `${owner.name} (${owner.options[name]!.default})`)
    return [name, flagOf(owners[0]!.options[name]!, `of ${told.join(', ')}`)]
  })
  return Object.fromEntries(entries)
}

/** What a command line gave for options, as texts that resolving reads. */
export function givenOptions(
  names: readonly string[],
  args: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const given = names.filter(name => args[name] !== undefined)
  return Object.fromEntries(given.map(name => [name, String(args[name])]))
}

function flagOf(option: Option, told: string): Flag {
  const description = `${option.help}; ${told}`
  if (typeof option.default === 'boolean') return { type: 'boolean', negatable: true, description }
  if (option.choices !== undefined)
    return { type: 'enum', options: [...option.choices], description }
  return { type: 'string', valueHint: hintOf(option), description }
}

function hintOf({ default: standard, min, max, integer }: Option): ValueHint {
  if (typeof standard === 'string') return 'name'
  if (integer === true) return 'count'
  return min === 0 && max === 1 ? 'share' : 'number'
}
