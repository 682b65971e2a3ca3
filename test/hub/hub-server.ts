// A server of models on this machine that speaks the Hub's API, and misbehaves where a test says so.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface Asked {
  readonly path: string
  readonly range: string | undefined
  readonly authorization: string | undefined
  readonly host: string // that answered: 'hub' or 'store'
}

/** Does something else than answer; true where it did. */
export type Misbehave = (
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer | null,
) => boolean

export interface HubServer {
  readonly url: string
  readonly repo: string
  commit: string
  readonly files: Map<string, Buffer>
  readonly asked: Asked[]
  /** Large files come from another host, as the Hub's do. */
  misbehave: Misbehave
  close(): Promise<void>
}

export const firstCommit = 'a'.repeat(40)
const onPage = 4 // files
const large = 100_000 // bytes, from which a file is stored by its SHA-256

/** Serves the files of a folder, but for those of tests, as a repository. */
export async function hubServer(folder: string, repo = 'tiny/model'): Promise<HubServer> {
  const names = readdirSync(folder).filter(name => name !== 'expected.json')
  const files = new Map(names.map(name => [name, readFileSync(join(folder, name))]))
  const asked: Asked[] = []
  const servers: Server[] = []
  const hub: HubServer = {
    url: '',
    repo,
    commit: firstCommit,
    files,
    asked,
    misbehave: () => false,
    close: async () => {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise(resolve => server.close(resolve))
      }
    },
  }
  const note = (request: IncomingMessage, host: string): void => {
    const { range, authorization } = request.headers
    asked.push({ path: request.url!, range, authorization, host })
  }
  const store = await listening((request, response) => {
    note(request, 'store')
    const file = files.get(decodeURIComponent(request.url!.split('?')[0]!.slice(1))) ?? null
    if (!hub.misbehave(request, response, file)) sendFile(request, response, file!)
  }, servers)
  const url = await listening((request, response) => {
    note(request, 'hub')
    if (!hub.misbehave(request, response, null)) answer(hub, store, request, response)
  }, servers)
  return Object.assign(hub, { url })
}

async function listening(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  servers: Server[],
): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function answer(
  { repo, commit, files }: HubServer,
  store: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = decodeURIComponent(request.url!.split('?')[0]!)
  const known = ['main', 'refs/pr/1', commit]
  const [revisions, resolve] = [`/api/models/${repo}/revision/`, `/${repo}/resolve/${commit}/`]
  const listing = [...files].map(([path, content]) => ({
    type: 'file',
    path,
    ...identity(content),
  }))
  const file = path.startsWith(resolve) ? files.get(path.slice(resolve.length)) : undefined
  if (path.startsWith(revisions) && !known.includes(path.slice(revisions.length)))
    refuse(response, 404, 'RevisionNotFound')
  else if (path.startsWith(revisions))
    json(response, { _id: '1', id: repo, sha: commit, siblings: [] })
  else if (path === `/api/models/${repo}/tree/${commit}`) paged(request, response, listing)
  else if (file === undefined) refuse(response, 404, 'RepoNotFound')
  else resolved(request, response, file, { commit, at: `${store}/${path.slice(resolve.length)}` })
}

/** A listing in pages, as a large repository's comes: the address of the next one is in a header. */
function paged(request: IncomingMessage, response: ServerResponse, listing: unknown[]): void {
  const url = new URL(request.url!, `http://${request.headers.host}`)
  const from = Number(url.searchParams.get('cursor') ?? 0)
  url.searchParams.set('cursor', String(from + onPage))
  if (from + onPage < listing.length) response.setHeader('Link', `<${url}>; rel="next"`)
  json(response, listing.slice(from, from + onPage))
}

function resolved(
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer,
  { commit, at }: { commit: string; at: string },
): void {
  const { oid, lfs } = identity(file)
  response.setHeader('X-Repo-Commit', commit)
  if (lfs === undefined) {
    response.setHeader('ETag', `"${oid}"`)
    sendFile(request, response, file)
  } else {
    response.setHeader('X-Linked-ETag', `"${lfs.oid}"`)
    response.setHeader('X-Linked-Size', lfs.size)
    response.writeHead(302, { location: `${at}?signature=secret` }).end()
  }
}

/** What the Hub says of a file: git's sum, and for a large one its own. */
export function identity(content: Buffer) {
  const sha256 = createHash('sha256').update(content).digest('hex')
  const pointer = Buffer.from(`oid sha256:${sha256}`)
  const isLarge = content.length >= large
  const oid = gitSum(isLarge ? pointer : content)
  const lfs = { oid: sha256, size: content.length, pointerSize: pointer.length }
  return { oid, size: content.length, ...(isLarge && { lfs }) }
}

function gitSum(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}

/** Sends what the request's range asks for. */
export function sendFile(request: IncomingMessage, response: ServerResponse, file: Buffer): void {
  const start = startOf(request)
  const rest = file.subarray(start)
  response.setHeader('content-length', rest.length)
  if (start > 0) {
    response.statusCode = 206
    response.setHeader('content-range', `bytes ${start}-${file.length - 1}/${file.length}`)
  }
  response.end(request.method === 'HEAD' ? undefined : rest)
}

/** The first byte that a request asks for. */
export function startOf({ headers }: IncomingMessage): number {
  return Number(/^bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)
}

export function refuse(response: ServerResponse, status: number, code: string | null): void {
  if (code !== null) response.setHeader('X-Error-Code', code)
  response.setHeader('X-Error-Message', 'no')
  response.statusCode = status
  json(response, { error: 'no' })
}

function json(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}
