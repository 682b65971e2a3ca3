// What --help prints of a command: how it is called, what it does, and its options, part by part, each with the kind of its
// value and its description beside it.

import { ConfigError } from '../errors.ts'
import { didYouMean, type Flag, type Flags, kebab } from './flags.ts'

/** A part of --help: flags under a title, or names and what each is. */
export interface Section {
  readonly title: string
  readonly args?: Flags
  readonly entries?: Readonly<Record<string, string>>
  /** Of a part that is one line until it is asked for by its title: what its options say. */
  readonly folded?: string
}

/** What is told of a command. */
export interface Usage {
  readonly path: string // 'prm eval'
  readonly about: string
  readonly args: Flags
  /** The commands below it, and what each does. */
  readonly commands?: Readonly<Record<string, string>>
  /** Parts of the flags; those that are in none come first. */
  readonly sections?: readonly Section[]
  /** The title of the only part that is asked for; 'all' for every option. */
  readonly topic?: string | null
}

const columns = 100
const beside = 26 // columns of a name; a longer one has a line of its own
const mostInName = 24 // characters of the choices of a flag; more are told in its description

/** The text of --help, with a line end; a part that does not exist is a ConfigError. */
export function usageText(usage: Usage): string {
  const { path, sections = [], topic = null } = usage
  if (topic !== null && topic !== 'all') return sectionText(sectionOf(topic, sections))
  const parts = sections.map(one =>
    one.folded === undefined || topic === 'all' ? linesOf(one) : foldedLine(one, path),
  )
  const told = [...head(usage), ...parts].filter(lines => lines.length > 0)
  return `${told.map(lines => lines.join('\n')).join('\n\n')}\n`
}

/** The text of one part, with a line end. */
export function sectionText(section: Section): string {
  return `${linesOf(section).join('\n')}\n`
}

/** How a command is called, what it does, and the options that no part has. */
function head({ path, about, args, commands = {}, sections = [] }: Usage): string[][] {
  return [
    [`usage: minform ${[path, ...given(args, commands)].join(' ')}`],
    wrapped(about, columns),
    Object.entries(commands).flatMap(([name, what]) => entry(name, what)),
    ...plain(args, sections),
  ]
}

function sectionOf(topic: string, sections: readonly Section[]): Section {
  const found = sections.find(({ title }) => title === topic)
  if (found) return found
  const titles = [...sections.map(({ title }) => title), 'all']
  throw new ConfigError(`--help has no part '${topic}'; ${didYouMean(topic, titles)}`)
}

/** What stands after the name of a command. */
function given(args: Flags, commands: Readonly<Record<string, string>>): string[] {
  const all = Object.entries(args)
  const positionals = all.filter(([, { type }]) => type === 'positional')
  return [
    ...(Object.keys(commands).length > 0 ? ['COMMAND'] : []),
    ...positionals.map(([name, { required }]) => {
      const text = name.toUpperCase()
      return required === false ? `[${text}]` : text
    }),
    ...(all.length > positionals.length ? ['[options]'] : []),
  ]
}

/** Positional arguments, then the options that no part has. */
function plain(args: Flags, sections: readonly Section[]): string[][] {
  const placed = new Set(sections.flatMap(one => Object.keys(one.args ?? {})))
  const all = Object.entries(args)
  const isPositional = ([, { type }]: [string, Flag]): boolean => type === 'positional'
  return [
    all.filter(isPositional).flatMap(([n, def]) => entry(n.toUpperCase(), def.description ?? '')),
    all
      .filter(one => !isPositional(one) && !placed.has(one[0]))
      .flatMap(([name, def]) => entry(flagOf(name, def), descriptionOf(def))),
  ]
}

function linesOf({ title, args = {}, entries = {} }: Section): string[] {
  return [
    ...wrapped(title, columns),
    ...Object.entries(args).flatMap(([name, def]) => entry(flagOf(name, def), descriptionOf(def))),
    ...Object.entries(entries).flatMap(([name, what]) => entry(name, what)),
  ]
}

function foldedLine({ title, args = {}, folded }: Section, path: string): string[] {
  const count = Object.keys(args).length
  return wrapped(`${title}: ${count} options ${folded}: minform ${path} --help ${title}`, columns)
}

function flagOf(name: string, def: Flag): string {
  if (def.type === 'enum') {
    const choices = (def.options ?? []).join('|')
    return `--${kebab(name)} <${choices.length > mostInName ? 'choice' : choices}>`
  }
  if (def.type === 'string') return `--${kebab(name)} <${def.valueHint}>`
  return 'negatable' in def && def.negatable ? `--[no-]${kebab(name)}` : `--${kebab(name)}`
}

/** The description, with the choices and the default where it does not say them itself. */
function descriptionOf(def: Flag): string {
  const { description = '' } = def
  const choices = def.type === 'enum' ? (def.options ?? []) : []
  const isListed = choices.join('|').length <= mostInName
  const isSaid = isListed || choices.every(choice => description.includes(String(choice)))
  const fallback = 'default' in def && def.type !== 'boolean' ? def.default : undefined
  return [
    description,
    ...(isSaid ? [] : [`one of ${choices.join(', ')}`]),
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
