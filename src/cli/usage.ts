// What --help prints of a command: how it is called, what it does, and its options, each with its description beside it.

import type { ArgDef, ArgsDef } from 'citty'
import { kebab } from './flags.ts'

/** What is told of a command. */
export interface Usage {
  readonly path: string // 'prm eval'
  readonly about: string
  readonly args: ArgsDef
  /** The commands below it, and what each does. */
  readonly commands: Readonly<Record<string, string>>
}

const columns = 100
const beside = 26 // columns of a name; a longer one has a line of its own

/** The text of --help, with a line end. */
export function usageText({ path, about, args, commands }: Usage): string {
  const all = Object.entries(args)
  const isPositional = ([, { type }]: [string, ArgDef]): boolean => type === 'positional'
  const positionals = all.filter(isPositional)
  const options = all.filter(one => !isPositional(one))
  const given = [
    ...(Object.keys(commands).length > 0 ? ['COMMAND'] : []),
    ...positionals.map(([name, { required }]) => {
      const text = name.toUpperCase()
      return required === false ? `[${text}]` : text
    }),
    ...(options.length > 0 ? ['[options]'] : []),
  ]
  const sections = [
    [`usage: minform ${[path, ...given].join(' ')}`],
    [...wrapped(about, columns)],
    Object.entries(commands).flatMap(([name, what]) => entry(name, what)),
    positionals.flatMap(([name, def]) => entry(name.toUpperCase(), def.description ?? '')),
    options.flatMap(([name, def]) => entry(flagOf(name, def), descriptionOf(def))),
  ]
  const told = sections.filter(lines => lines.length > 0)
  return `${told.map(lines => lines.join('\n')).join('\n\n')}\n`
}

function flagOf(name: string, def: ArgDef): string {
  const flag = `--${kebab(name)}`
  return def.type === 'boolean' ? flag : `${flag} <${def.valueHint ?? 'value'}>`
}

/** The description, with the choices and the default where it does not say them itself. */
function descriptionOf(def: ArgDef): string {
  const { description = '' } = def
  const choices = def.type === 'enum' ? (def.options ?? []) : []
  const listed = choices.every(choice => description.includes(String(choice)))
  const fallback = 'default' in def && def.type !== 'boolean' ? def.default : undefined
  return [
    description,
    ...(listed ? [] : [`one of ${choices.join(', ')}`]),
    ...(fallback === undefined ? [] : [`default ${fallback}`]),
  ]
    .filter(part => part !== '')
    .join('; ')
}

/** A name and, beside it, what is said of it. */
function entry(name: string, text: string): string[] {
  const lines = wrapped(text, columns - beside)
  const first = `  ${name}`
  const margin = ' '.repeat(beside)
  if (first.length + 2 > beside) return [first, ...lines.map(line => margin + line)]
  const [head = '', ...rest] = lines
  return [(first.padEnd(beside) + head).trimEnd(), ...rest.map(line => margin + line)]
}

/** Words in lines of at most so many columns; a longer word has a line of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(one => one !== '')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
