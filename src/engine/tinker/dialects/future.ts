// Questions of the Tinker protocol and how their answers are read: at once, or by a future that is asked for until it is
// there; and what servers say where they did not do what they were asked.

import { z } from 'zod'
import type { Received } from '../../../http/post.ts'
import type { Call, Failure, Question, Reply } from '../dialect.ts'
import { jsonBytes, type Parts } from './json-bytes.ts'

const statusSchema = z.looseObject({
  type: z.string().nullish(),
  status: z.string().nullish(),
  queue_state: z.string().nullish(),
  queue_state_reason: z.string().nullish(),
  error: z.unknown().optional(),
  category: z.string().nullish(),
})

/** A question that is answered at once. */
export function direct<S, T>(
  path: string,
  body: object | null,
  schema: z.ZodType<S>,
  value: (found: S) => T,
): Call<T> {
  const question = {
    path,
    body: body === null ? null : JSON.stringify({ ...body, type: path }),
  }
  return {
    what: path,
    question,
    read: answer => failureOf(answer) ?? done(value(schema.parse(json(answer)))),
  }
}

/** A question that is answered by a future. */
export function future<S, T>(
  path: string,
  body: Parts,
  schema: z.ZodType<S>,
  value: (found: S) => T,
): Call<T> {
  const question = { path, body: jsonBytes({ ...body, type: path }) }
  return { what: path, question, read: futureReader(found => value(schema.parse(found))) }
}

/**
 * Reads the answers of a future: of its submission, of every time that it was asked for, and at last its value, which
 * `value` makes of JSON or `binary` of other bytes.
 */
export function futureReader<T>(
  value: (found: unknown) => T,
  binary: ((bytes: Uint8Array) => T) | null = null,
): Call<T>['read'] {
  const accept = binary === null ? {} : { headers: { accept: binaryType } }
  return (answer, to) => {
    const submitted = to.path === retrieval
    if (answer.status === 408 && submitted) return waiting(to, reasonOf(answer))
    const failed = failureOf(answer)
    if (failed !== null) return failed
    const type = answer.headers.get('content-type') ?? ''
    if (submitted && binary !== null && type.includes('protobuf')) return done(binary(answer.bytes))
    const found = json(answer)
    if (!submitted) {
      const { request_id } = z.looseObject({ request_id: z.string().min(1) }).parse(found)
      const body = JSON.stringify({ request_id, allow_metadata_only: true })
      return waiting({ path: retrieval, body, ...accept }, null)
    }
    const status = statusSchema.safeParse(found).data
    if (status?.type === 'try_again') return waiting(to, status.queue_state_reason ?? null)
    if (status?.status === 'complete_metadata') {
      const whole = { ...JSON.parse(to.body as string), allow_metadata_only: false }
      return waiting({ ...to, body: JSON.stringify(whole) }, null)
    }
    if (status?.error !== undefined && status.error !== null)
      return { state: 'failed', failure: failedFuture(status.error, status.category) }
    return done(value(found))
  }
}

const errorSchema = z.looseObject({
  detail: z.unknown().optional(),
  error: z.unknown().optional(),
})
const retrieval = 'retrieve_future'

function waiting<T>(next: Question, why: string | null): Reply<T> {
  return { state: 'waiting', next, why }
}

export const binaryType = 'application/x-protobuf'

function failedFuture(error: unknown, category: string | null | undefined): Failure {
  const text = typeof error === 'string' ? error : JSON.stringify(error)
  const kind = kindOf(text)
  if (kind !== 'refused') return { kind, text }
  return { kind: category === 'user' ? 'refused' : 'broken', text }
}

/** What an answer that is no success says; null of a success. Throws where something between has answered in the server's place. */
export function failureOf(answer: Received): { state: 'failed'; failure: Failure } | null {
  const { status } = answer
  if (status >= 200 && status < 300) return null
  const text = `${status}: ${detailOf(answer, [400, 404, 409].includes(status))}`
  const known = { 404: 'lost', 409: 'taken' } as const
  const kind = known[status as 404 | 409] ?? (status >= 500 ? 'broken' : kindOf(text))
  return { state: 'failed', failure: { kind, text } }
}

function kindOf(text: string): Failure['kind'] {
  if (/maximum number of .*(adapter|model)s?\b.*reached|no (free )?slot/i.test(text)) return 'full'
  if (/not loaded|not found|unknown (model|session)|no such (model|session)|expired/i.test(text))
    return 'lost'
  return 'refused'
}

function detailOf(answer: Received, own: boolean): string {
  const text = new TextDecoder().decode(answer.bytes.subarray(0, 65_536))
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (error) {
    if (own) throw error
    return text
  }
  const { detail, error } = errorSchema.parse(found)
  const said = detail ?? error ?? text
  return typeof said === 'string' ? said : JSON.stringify(said)
}

function reasonOf(answer: Received): string | null {
  try {
    return statusSchema.parse(json(answer)).queue_state_reason ?? null
  } catch {
    return null
  }
}

export function json({ bytes }: Received): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
}

export function done<T>(value: T): Reply<T> {
  return { state: 'done', value }
}
