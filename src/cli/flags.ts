// What a command line may say: unknown options, missing values and stray arguments are refused with
// the name that was probably meant, where citty would ignore them.
import { availableParallelism } from 'node:os'
import type {
  ArgDef,
  ArgsDef,
  BooleanArgDef,
  EnumArgDef,
  PositionalArgDef,
  StringArgDef,
} from 'citty'
import { ConfigError } from '../errors.ts'
import { nearest } from '../text/nearest.ts'

/** What --help says in the place of a value. */
export type ValueHint =
  | 'address'
  | 'command'
  | 'count'
  | 'file'
  | 'file|name'
  | 'file|share'
  | 'folder'
  | 'list' // names or numbers, comma between them
  | 'model' // a folder, or a name on the Hub
  | 'name'
  | 'number'
  | 'range' // two numbers, in the way that the description says
  | 'seconds'
  | 'share' // from 0 to 1
  | 'text'
  | 'variable'

/** A flag as a command declares it: one that takes a value says which kind. */
export type Flag =
  | (BooleanArgDef & { readonly negatable?: boolean }) // whether --no-NAME says something
  | EnumArgDef
  | PositionalArgDef
  | (StringArgDef & { readonly type: 'string'; readonly valueHint: ValueHint })

/** The flags of a command, or of a part of it, by their names. */
export type Flags = Readonly<Record<string, Flag>>

/** What a command line gave, as texts. */
export type Given = Readonly<Record<string, unknown>>

/** Refuses arguments that the command does not declare. */
export function checkArguments(path: string, args: readonly string[], declared: ArgsDef): void {
  const known = spellings(declared)
  const room = Object.values(declared).filter(def => def.type === 'positional').length
  const given = new Set<ArgDef>()
  let positionals = 0
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string
    if (arg === '--') {
      positionals += args.length - i - 1
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      if (++positionals > room) throw stray(path, arg, known)
      continue
    }
    const [flag, value] = splitFlag(arg)
    const def = known.get(flag) ?? refuse(path, flag, known)
    given.add(def)
    if (takesValue(def)) {
      const given = value ?? args[++i]
      checkValue(flag, given, def, value === undefined && known.has(given ?? ''))
    } else if (value === undefined && /^(true|false)$/.test(args[i + 1] ?? '')) {
      throw new ConfigError(
        `${flag} takes no value; leave out '${args[i + 1]}', or write --no-${flag.replace(/^-+(no-)?/, '')}`,
      )
    } else if (value !== undefined && value !== 'true' && value !== 'false') {
      throw new ConfigError(`${flag} is true or false, got '${value}'`)
    }
  }
  if (positionals > room) throw stray(path, args.at(-1) as string, known)
  // the library asks for texts that are missing, not for choices
  for (const [name, def] of Object.entries(declared))
    if (def.type === 'enum' && def.required === true && !given.has(def))
      throw new ConfigError(
        `${path} needs --${kebab(name)}: one of ${(def.options ?? []).join(', ')}`,
      )
}

const told = 40 // names that can still be looked through

/** Names what exists: the nearest name, or all of them, or, of too many to look through, `where` they are told. */
export function didYouMean(name: string, candidates: readonly string[], where?: string): string {
  const near = nearest(name, candidates)
  if (near) return `did you mean '${near}'?`
  if (where !== undefined && candidates.length > told)
    return `${where} lists its ${candidates.length}`
  return candidates.length === 0 ? 'there is none' : `there is ${candidates.join(', ')}`
}

/** The number that a flag's text says, within limits. */
export function numberFlag(
  flag: string,
  text: string,
  { min = -Infinity, max = Infinity, integer = false } = {},
): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  const fits = number >= min && number <= max && (!integer || Number.isInteger(number))
  if (fits && Number.isFinite(number)) return number
  const range = [min > -Infinity ? `from ${min}` : '', max < Infinity ? `to ${max}` : ''].filter(
    Boolean,
  )
  const kind = integer ? 'a whole number' : 'a number'
  throw new ConfigError(`${flag} is ${[kind, ...range].join(' ')}, got '${text}'`)
}

/** How many threads a flag says. More than 16 have nothing to do: a share of the rows gets too small. */
export function threadsFlag(text: string): number {
  if (text === 'auto') return Math.min(16, availableParallelism())
  return numberFlag('--threads', text, { min: 1, integer: true })
}

/** The whole number that a flag gives, or what it is without the flag. */
export function wholeFlag(
  args: Given,
  name: string,
  fallback: number,
  min = 1,
  max = Infinity,
): number {
  const text = String(args[name] ?? fallback)
  return numberFlag(`--${kebab(name)}`, text, { min, max, integer: true })
}

/** The text that a flag gives; null without the flag. */
export function textFlag(args: Given, name: string): string | null {
  return (args[name] as string | undefined) ?? null
}

/** Every value that is given for a flag, in order: `--flag value` or `--flag=value`, before a `--`. */
export function repeatedFlag(flag: string, args: readonly string[]): string[] {
  const values: string[] = []
  for (let i = 0; i < args.length && args[i] !== '--'; i++) {
    const [name, value] = splitFlag(args[i] as string)
    if (name === flag) values.push(value ?? args[++i] ?? '')
  }
  return values
}

type Known = ReadonlyMap<string, ArgDef>

function spellings(declared: ArgsDef): Known {
  const known = new Map<string, ArgDef>()
  for (const [name, def] of Object.entries(declared)) {
    if (def.type === 'positional') continue
    for (const long of [kebab(name), name, camel(name)]) {
      known.set(`--${long}`, def)
      if (!takesValue(def)) known.set(`--no-${long}`, def)
    }
    const alias = 'alias' in def ? [def.alias ?? []].flat() : []
    for (const a of alias) known.set(a.length === 1 ? `-${a}` : `--${a}`, def)
  }
  return known
}

function checkValue(flag: string, value: string | undefined, def: ArgDef, isFlag: boolean): void {
  if (value === undefined || isFlag) throw new ConfigError(`${flag} needs a value`)
  if (value.trim() === '' && def.type === 'string' && namesThing(def.valueHint))
    throw new ConfigError(`${flag} is empty, as of a variable that is not set; expected a value`)
  const options = def.type === 'enum' ? (def.options ?? []) : []
  if (options.length === 0 || options.includes(value)) return
  const near = nearest(value, options)
  const hint = near ? `; did you mean '${near}'?` : ''
  throw new ConfigError(`${flag} is one of ${options.join(', ')}, got '${value}'${hint}`)
}

/** Whether a value names a thing: a number that is none is told by itself, and a text may be empty. */
function namesThing(hint: string | undefined): boolean {
  const kinds = ['address', 'command', 'file', 'folder', 'model', 'name', 'variable']
  return hint?.split('|').some(kind => kinds.includes(kind)) ?? false
}

function refuse(path: string, flag: string, known: Known): never {
  const names = [...known.keys()].filter(name => name === kebab(name))
  throw new ConfigError(
    `${path} has no option '${flag}'; ${didYouMean(flag, names, `minform ${path} --help`)}`,
  )
}

function stray(path: string, arg: string, known: Known): ConfigError {
  const near = nearest(`--${arg}`, [...known.keys()])
  const hint = near ? `; did you mean '${near}'?` : ''
  return new ConfigError(`${path}: one argument too many: '${arg}'${hint}`)
}

function splitFlag(arg: string): [string, string | undefined] {
  const equals = arg.indexOf('=')
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)]
}

function takesValue(def: ArgDef): boolean {
  return def.type === 'string' || def.type === 'enum'
}

/** A name as it is written on a command line: `maxTokens` is `max-tokens`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
