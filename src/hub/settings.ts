// The variables of the environment by which huggingface_hub is told where models come from and where they are kept: one
// setting serves both, and each finds what the other has downloaded.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { readText } from '../data/plain-file.ts'
import { ConfigError } from '../errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface HubSettings {
  readonly endpoint: string // without a slash at its end
  readonly cache: string
  readonly offline: boolean
  readonly token: string | null // never in a message, a log or a file
}

/** What the environment says. A ConfigError names the variable that cannot be used; it never tells a token. */
export function hubSettings(env: Environment = process.env): HubSettings {
  const home = homeOf(env)
  const cache = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub')
  return {
    endpoint: endpointOf(env.HF_ENDPOINT || 'https://huggingface.co'),
    cache: fromHome(cache),
    offline: isTrue(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE),
    token: tokenOf(env, home),
  }
}

function homeOf(env: Environment): string {
  const caches = env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return fromHome(env.HF_HOME || join(caches, 'huggingface'))
}

function fromHome(path: string): string {
  return path.replace(/^~(?=$|[\\/])/, homedir())
}

function isTrue(text: string | undefined): boolean {
  return ['1', 'on', 'yes', 'true'].includes((text ?? '').toLowerCase())
}

function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new ConfigError('HF_ENDPOINT is no address; expected one like https://huggingface.co')
  if (url.username !== '' || url.password !== '' || url.search !== '')
    throw new ConfigError(
      'HF_ENDPOINT holds a user, a password or a query; a secret belongs in HF_TOKEN',
    )
  return url.href.replace(/\/+$/, '')
}

function tokenOf(env: Environment, home: string): string | null {
  const [name, text] = env.HF_TOKEN
    ? ['HF_TOKEN', env.HF_TOKEN]
    : storedToken(fromHome(env.HF_TOKEN_PATH || join(home, 'token')))
  const token = text.trim()
  if (!/^[\x21-\x7e]*$/.test(token))
    throw new ConfigError(`${name} holds characters that no token has; copy it again`)
  return token === '' ? null : token
}

/** What `hf auth login` has stored. */
function storedToken(file: string): [string, string] {
  try {
    return [file, readText(file)]
  } catch {
    return [file, '']
  }
}
