/** Milliseconds that a server asks to wait, by seconds or by a date; 0 where it says nothing, or nothing that can be read. */
export function retryAfterMs(headers: Headers, now = Date.now()): number {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (text === '') return 0
  const seconds = Number(text)
  const ms = Number.isNaN(seconds) ? Date.parse(text) - now : 1000 * seconds
  return Number.isNaN(ms) ? 0 : Math.max(0, ms)
}
