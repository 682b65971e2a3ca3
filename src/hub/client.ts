// What the Hub is asked: which commit a revision is, which files it has, and their bytes. @huggingface/hub knows the
// addresses, the answers and their pages; every request of it goes through ours, which keeps the token on its host, asks
// again, and gives up on silence. Its own downloads are not used: downloadFileToCacheDir begins anew after an
// interruption, into a file that two processes write at once, and checks neither size nor sum; snapshotDownload fetches
// every file there is and names the commit before it has it.

import { ConfigError, EngineError } from '../errors.ts'
import { type HubName, isCommit, written } from './name.ts'
import {
  type Answered,
  attempt,
  type Connection,
  hostOf,
  persistently,
  withoutToken,
} from './request.ts'

/** A file of a commit. */
export interface HubFile {
  readonly path: string
  readonly size: number // bytes
  readonly oid: string // the sum that names it in the cache: SHA-256 of a large file, else git's of a blob
}

/** The commit that a revision is now. */
export async function commitOf(name: HubName, connection: Connection): Promise<string> {
  const { repo, revision } = name
  const { endpoint: hubUrl } = connection
  const { sha } = await asking(name, connection, ({ modelInfo }, fetch) =>
    modelInfo({ name: repo, revision, hubUrl, additionalFields: ['sha'], fetch }),
  )
  if (isCommit(sha)) return sha
  throw new EngineError(`${hostOf(hubUrl)}: ${written(name)}: no commit in the answer`)
}

/** The files of a commit, those in folders too where `recursive`. */
export async function filesOf(
  name: HubName,
  commit: string,
  connection: Connection,
  recursive = false,
): Promise<readonly HubFile[]> {
  const { repo } = name
  const found: HubFile[] = []
  await asking(name, connection, async ({ listFiles }, fetch) => {
    const { endpoint: hubUrl } = connection
    const listing = listFiles({ repo, revision: commit, hubUrl, recursive, fetch })
    for await (const { type, path, size, oid, lfs } of listing)
      if (type === 'file') found.push({ path, size: lfs?.size ?? size, oid: lfs?.oid ?? oid ?? '' })
  })
  return found
}

/** One attempt to get the bytes of a file from `start` on. */
export async function bytesOf(
  name: HubName,
  commit: string,
  { path }: HubFile,
  start: number,
  connection: Connection,
): Promise<Answered> {
  const place = path.split('/').map(encodeURIComponent).join('/')
  const url = `${connection.endpoint}/${name.repo}/resolve/${commit}/${place}`
  // Compressed, a part of a file could not be continued.
  const range = start > 0 ? { range: `bytes=${start}-` } : {}
  const answered = await attempt(url, { 'accept-encoding': 'identity', ...range }, connection)
  const { status } = answered.response
  if (answered.response.ok || status === 416) return answered
  const code = answered.response.headers.get('x-error-code')
  const told = answered.response.headers.get('x-error-message') ?? ''
  await answered.drop()
  throw refused(name, status, code, told, connection)
}

type Library = typeof import('@huggingface/hub')

/** Lets the library ask by our requests, and says in our words why the Hub refuses. */
async function asking<T>(
  name: HubName,
  connection: Connection,
  ask: (library: Library, request: typeof fetch) => Promise<T>,
): Promise<T> {
  const library = await import('@huggingface/hub') // a model that is here needs none of it
  let code: string | null = null
  const request: typeof fetch = (url, init) =>
    persistently(connection, async () => {
      const headers = Object.fromEntries(new Headers(init?.headers ?? {}))
      const { response, body } = await attempt(String(url), headers, connection)
      code = response.headers.get('x-error-code')
      return new Response(await text(body()), response)
    })
  try {
    return await ask(library, request)
  } catch (cause) {
    if (cause instanceof library.HubApiError)
      throw refused(name, cause.statusCode, code, cause.message, connection)
    if (cause instanceof SyntaxError || cause instanceof TypeError)
      throw new EngineError(
        `${hostOf(connection.endpoint)}: ${written(name)}: an answer that is none of a hub's; check HF_ENDPOINT`,
        { cause },
      )
    throw cause
  }
}

const largestAnswer = 64 * 2 ** 20 // bytes

async function text(chunks: AsyncGenerator<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let [found, size] = ['', 0]
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > largestAnswer) throw new SyntaxError('too long an answer')
    found += decoder.decode(chunk, { stream: true })
  }
  return found + decoder.decode()
}

/** Why the Hub does not give a model, and what to do. */
function refused(
  name: HubName,
  status: number,
  code: string | null,
  told: string,
  { endpoint, token }: Connection,
): ConfigError | EngineError {
  const host = hostOf(endpoint)
  const what = written(name)
  const page = `${endpoint}/${name.repo}`
  if (code === 'GatedRepo' || (status === 403 && code === null)) {
    const key = token === null ? 'set HF_TOKEN' : 'see that HF_TOKEN is of that account'
    return new ConfigError(
      `${what} is gated (status ${status}): accept its terms at ${page}, and ${key}`,
    )
  }
  if (code === 'RevisionNotFound')
    return new ConfigError(`${name.repo} has no revision ${name.revision} at ${host}`)
  if (code === 'EntryNotFound') return new ConfigError(`${what}: a file is gone at ${host}`)
  // Without a token the Hub answers 401, not 404, for a name that nobody has taken.
  if (status === 401 || status === 404 || code === 'RepoNotFound') {
    const key = token === null ? ' and HF_TOKEN is not set' : ' from HF_TOKEN'
    return new ConfigError(
      `${host} has no model ${name.repo}, or it is private${key} (status ${status})`,
    )
  }
  const why = withoutToken(told, token).trim().slice(0, 200)
  return new EngineError(`${host}: ${what}: status ${status}${why === '' ? '' : `: ${why}`}`)
}
