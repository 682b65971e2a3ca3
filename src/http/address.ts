// Addresses of servers. What must stay secret is never part of one: it stands there by the name of an environment variable,
// `https://host/v1?api-key=${KEY}` or `https://${USER}:${PASSWORD}@host/v1`, so that what is stored and printed is safe.

import { ConfigError } from '../errors.ts'

/** Where requests go, and what must not be told of it. */
export interface Address {
  readonly url: string // what is fetched; without user and password
  readonly shown: string // with the names of variables in the place of what they hold
  readonly authorization: string | null // of a user and a password
  readonly secrets: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

const variable = /\$\{([A-Za-z_]\w*)\}/g
const telling = /key|token|secret|passw|signature|^sig$|auth|credential/i

/**
 * The address of a text, its variables looked up. Throws ConfigError where it is none, where a variable is not set, or where
 * a secret stands in it itself.
 */
export function addressOf(text: string, environment: Environment = process.env): Address {
  requireNoSecret(text)
  const secrets: string[] = []
  const filled = text.replace(variable, (_, name: string) => {
    const value = environment[name] ?? ''
    if (value === '')
      throw new ConfigError(`${text}: the environment variable ${name} is not set, or empty`)
    secrets.push(value)
    return encodeURIComponent(value)
  })
  const url = parsed(filled)
  if (url === null)
    throw new ConfigError(`'${text}' is no address; expected one like http://localhost:8000/v1`)
  const { username, password } = url
  const user = [username, password].map(decodeURIComponent).join(':')
  const proof = user === ':' ? null : Buffer.from(user).toString('base64')
  const authorization = proof === null ? null : `Basic ${proof}`
  if (proof !== null) secrets.push(proof)
  url.username = ''
  url.password = ''
  return { url: url.href, shown: text, authorization, secrets }
}

/** Refuses, with a ConfigError that does not repeat it, an address with a password or a key in clear. */
export function requireNoSecret(text: string): void {
  const url = parsed(text.replaceAll(variable, 'variable'))
  if (url === null) return
  const written = parsed(text.replaceAll(variable, ''))
  const clear = [...(written?.searchParams ?? [])].find(
    ([name, value]) => telling.test(name) && value !== '',
  )
  const user = (written?.username ?? '') + (written?.password ?? '')
  if (clear === undefined && user === '') return
  const what = clear === undefined ? 'a user or a password' : `the value of ${clear[0]}`
  throw new ConfigError(
    `the address of ${url.host} holds ${what}, which would be stored with the run; put it into an environment ` +
      `variable, and in single quotes write ${'$'}{NAME} in its place`,
  )
}

/** Whether what is sent there can be read by nobody on the way: over TLS, or to this machine. */
export function isPrivate(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  const here = /^(localhost|(.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
  return protocol === 'https:' || here
}

function parsed(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) ? url : null
}

const looked = 20_000 // characters of an answer: far more than is told of it
const shownMost = 200

/** A text that came from a server, without secrets that it echoed, in whatever way, printable and short. */
export function told(text: string, secrets: readonly string[]): string {
  const longFirst = secrets.filter(secret => secret !== '').sort((a, b) => b.length - a.length)
  const safe = longFirst.reduce(
    (so, secret) => so.replace(echoOf(secret), '***'),
    text.slice(0, looked),
  )
  return safe
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, shownMost)
}

/** Matches a secret as servers say it again: as it is, as it stands in an address, in JSON or in HTML, or partly so. */
function echoOf(secret: string): RegExp {
  return new RegExp([...secret].map(waysOf).join(''), 'giu')
}

const entities: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
}

function waysOf(character: string): string {
  const code = character.codePointAt(0)!
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  const bytes = [...Buffer.from(character)]
  return `(?:${[
    `\\u{${code.toString(16)}}`,
    bytes.map(byte => `%(?:25)*${hex(byte, 2)}`).join(''), // encoded again by each that passes it on
    units.map(unit => `\\\\u${hex(unit, 4)}`).join(''),
    `\\\\\\u{${code.toString(16)}}`,
    `&#0*${code};`,
    `&#x0*${code.toString(16)};`,
    ...(character in entities ? [`&${entities[character]};`] : []),
    ...(character === ' ' ? ['\\+'] : []),
  ].join('|')})`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
