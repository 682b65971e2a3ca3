// Finds the command, checks its flags, runs it, and turns every error into one message and an exit
// code: 0 success, 1 a failed run, 2 wrong usage, 128 and its number for what a signal ended.
import { inspect, stripVTControlCharacters } from 'node:util'
import { type CommandDef, runCommand } from 'citty'
import { ConfigError, MinformError } from '../errors.ts'
import { checkArguments, didYouMean, type Flags } from './flags.ts'
import { ProcessEnd } from './process-end.ts'
import { type Section, usageText } from './usage.ts'

// biome-ignore lint/suspicious/noExplicitAny: a table holds commands of every argument type
export type Command = CommandDef<any> & {
  /** Parts of --help. */
  readonly sections?: readonly Section[]
}

/** A command's file: a command, or one made from the arguments it is given. */
export interface CommandFile {
  readonly default: Command | ((rawArgs: readonly string[]) => Command | Promise<Command>)
}

/** One row of the table of commands. */
export interface CommandEntry {
  readonly about: string
  readonly load: () => Promise<CommandFile>
}

export type Commands = Readonly<Record<string, CommandEntry>>

/** Where text goes; a test gives its own. */
export interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly version: string
  readonly debug: boolean
}

/** Runs one command line; returns the exit code. */
export async function dispatch(
  commands: Commands,
  argv: readonly string[],
  output: Output,
): Promise<number> {
  try {
    return await run(commands, argv, output)
  } catch (error) {
    return report(error, output)
  }
}

/** Says what went wrong; returns the exit code. */
export function report(error: unknown, { err, debug }: Output): number {
  if (error instanceof ProcessEnd) {
    if (error.message !== '') err(`minform: ${error.message}\n`)
    return error.code
  }
  const usage = error instanceof ConfigError || named(error, 'CLIError')
  const expected = usage || error instanceof MinformError
  const message = stripVTControlCharacters(error instanceof Error ? error.message : String(error))
  const kind = error instanceof Error && !expected ? `${error.name}: ` : ''
  err(`minform: ${kind}${message}\n`)
  if (debug) err(`${inspect(error)}\n`)
  else if (!expected) err('minform: this is a defect; MINFORM_DEBUG=1 shows where it happened\n')
  return usage ? 2 : 1
}

async function run(commands: Commands, argv: readonly string[], output: Output): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined) {
    output.err(help(commands, output.version))
    return 2
  }
  if (name === '--version' || name === '-v') {
    output.out(`${output.version}\n`)
    return 0
  }
  if (name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    output.out(help(commands, output.version))
    return 0
  }
  if (name === 'help') return run(commands, [...rest, '--help'], output)
  if (!Object.hasOwn(commands, name)) throw unknown('', name, Object.keys(commands))
  const file = await (commands[name] as CommandEntry).load()
  const made = file.default
  const command = typeof made === 'function' ? await made(rest) : made
  return runIn(command, name, rest, output)
}

async function runIn(
  command: Command,
  path: string,
  args: readonly string[],
  output: Output,
): Promise<number> {
  const inner = (await value(command.subCommands)) ?? {}
  const [name, ...rest] = args
  if (Object.keys(inner).length > 0 && name !== undefined && !name.startsWith('-')) {
    if (!Object.hasOwn(inner, name)) throw unknown(path, name, Object.keys(inner))
    return runIn((await value(inner[name])) as Command, `${path} ${name}`, rest, output)
  }
  const topic = helpTopic(args)
  if (topic !== undefined) {
    output.out(await commandHelp(command, path, topic))
    return 0
  }
  if (command.run === undefined) {
    output.err(await commandHelp(command, path, null))
    return 2
  }
  checkArguments(path, args, ((await value(command.args)) ?? {}) as Flags)
  await runCommand(command, { rawArgs: [...args] })
  return 0
}

/** The part of the help that is asked for, `--help judge`; null where it is all of it, undefined where none is. */
function helpTopic(args: readonly string[]): string | null | undefined {
  const end = args.indexOf('--')
  const said = args.slice(0, end < 0 ? args.length : end)
  const at = said.findIndex(arg => arg === '--help' || arg === '-h')
  if (at < 0) return undefined
  const next = said[at + 1]
  return next === undefined || next.startsWith('-') ? null : next
}

async function commandHelp(command: Command, path: string, topic: string | null): Promise<string> {
  const about = (await value(command.meta))?.description ?? ''
  const args = ((await value(command.args)) ?? {}) as Flags
  const inner = Object.entries((await value(command.subCommands)) ?? {})
  const commands: Record<string, string> = {}
  for (const [name, one] of inner) {
    const { meta } = (await value(one)) as Command
    commands[name] = (await value(meta))?.description ?? ''
  }
  return usageText({ path, about, args, commands, sections: command.sections ?? [], topic })
}

function help(commands: Commands, version: string): string {
  const width = Math.max(...Object.keys(commands).map(name => name.length), 0)
  const rows = Object.entries(commands).map(
    ([name, { about }]) => `  ${name.padEnd(width)}  ${about}\n`,
  )
  return [
    `minform ${version}: process-supervised reinforcement learning of language models\n\n`,
    'usage: minform <command> [options]\n\n',
    ...rows,
    '\nminform <command> --help says more about a command.\n',
  ].join('')
}

function unknown(path: string, name: string, candidates: readonly string[]): ConfigError {
  const what = name.startsWith('-') ? 'option' : 'command'
  const where = path === '' ? 'there is no' : `${path} has no`
  return new ConfigError(`${where} ${what} '${name}'; ${didYouMean(name, candidates)}`)
}

function named(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}

/** citty lets most fields be a value, a promise of it or a function to it. */
async function value<T>(field: T | Promise<T> | (() => T | Promise<T>)): Promise<T> {
  return typeof field === 'function' ? (field as () => T | Promise<T>)() : field
}
