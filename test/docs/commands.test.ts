// The commands of the documentation: every flag that one has is one that its command takes.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { built } from '../built.ts'

const root = new URL('../../', import.meta.url)
const docs = readdirSync(new URL('docs/', root)).filter(name => name.endsWith('.md'))
const pages = ['README.md', 'models/README.md', ...docs.map(name => `docs/${name}`)].filter(
  page => page !== 'docs/methods.md', // its commands are run, by npm run try-methods
)

interface Command {
  readonly page: string
  readonly words: readonly string[] // what --help is asked of: prm label, train pure-vr
  readonly flags: readonly string[]
}

const line =
  /(?:^ {4}|\| ?|`)(?:npx minform|npm run (?:--silent )?minform --|minform) ([a-z][^`|\n]*)/gm

function commandsOf(page: string): Command[] {
  const text = readFileSync(new URL(page, root), 'utf8').replaceAll('\\\n', ' ')
  return [...text.matchAll(line)].map(([, rest]) => {
    const words = rest!.replace(/'[^']*'|"[^"]*"/g, 'text').split(/\s+/)
    const two = /^(prm|train|write)$/.test(words[0]!) && /^[a-z][a-z0-9-]*$/.test(words[1] ?? '')
    const flags = words.filter(word => /^--[a-z]/.test(word)).map(flag => flag.replace(/=.*/, ''))
    return { page, words: words.slice(0, two ? 2 : 1), flags }
  })
}

const minform = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [built('cli/main'), ...args], { encoding: 'utf8' })

const helps = new Map<string, string>()
function helpOf(words: readonly string[]): string {
  const known = helps.get(words.join(' '))
  if (known !== undefined) return known
  const help = minform(...words, '--help')
  const parts = [...help.matchAll(/^(\w[\w -]*): \d+ options say/gm)].map(([, part]) =>
    minform(...words, '--help', part!),
  )
  const all = [help, ...parts].join('\n').replaceAll('--[no-]', '--')
  helps.set(words.join(' '), all)
  return all
}

test('every flag of a documented command is one that it takes', () => {
  const commands = pages.flatMap(commandsOf).filter(({ flags }) => flags.length > 0)
  const unknown = commands.flatMap(({ page, words, flags }) =>
    flags
      .filter(flag => !new RegExp(`${flag.replace('--no-', '--')}\\b`).test(helpOf(words)))
      .map(flag => `${page}: minform ${words.join(' ')} has no ${flag}`),
  )
  expect(unknown).toEqual([])
  expect(commands.length).toBeGreaterThan(90)
}, 300_000)
