// Who may ask a server on this machine: the holder of its token, from a page of its own. Other pages in the same browser can
// send requests to it, by any name that they let point here.

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

const hosts = ['127.0.0.1', 'localhost', '[::1]']

const headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const

/** A token that nobody guesses. */
export function newToken(): string {
  return randomBytes(24).toString('base64url')
}

/** What may be sent: a question, as JSON, which no form of another page can make of a body. */
export function isQuestion(method: string, path: string, type: string | undefined): boolean {
  return method === 'POST' && path === '/data/query' && /^application\/json\b/.test(type ?? '')
}

/**
 * Lets in who reads or asks a question (405 else), by a loopback name (403 else), with the token in the address or in the cookie that an
 * address with the token left (401 else).
 */
export function guard(token: string, port: () => number): MiddlewareHandler {
  return async (c, next) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    const { method, path } = c.req
    if (
      !['GET', 'HEAD'].includes(method) &&
      !isQuestion(method, path, c.req.header('content-type'))
    )
      return c.text('this page is only read\n', 405, { Allow: 'GET, HEAD' })
    if (!hosts.some(host => c.req.header('host') === `${host}:${port()}`))
      return c.text('expected 127.0.0.1, localhost or [::1] and the port as the host\n', 403)
    const name = `minform-${port()}` // cookies are of a host, whatever the port
    const said = c.req.query('token')
    if (said !== undefined && same(said, token))
      setCookie(c, name, token, { path: '/', httpOnly: true, sameSite: 'Strict' })
    else if (!same(getCookie(c, name) ?? '', token))
      return c.text('open the address that minform view printed: it has a token\n', 401)
    return next()
  }
}

function same(said: string, token: string): boolean {
  const [a, b] = [Buffer.from(said), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}
