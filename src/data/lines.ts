import { DataError } from '../errors.ts'

const longest = 2 ** 27 // characters of a line

/**
 * The lines of a text that comes in pieces, without their ends (\n or \r\n); no empty last one. Throws a DataError that begins
 * with `name` for a line without end: a file of a megabyte may unpack to one of gigabytes.
 */
export async function* splitLines(
  chunks: AsyncIterable<string>,
  name = 'text',
  most = longest,
): AsyncGenerator<string> {
  let pending: string[] = [] // pieces of the line that has not ended, so that a long one is joined once
  let length = 0 // of them
  let number = 1
  for await (const chunk of chunks) {
    const [first, ...rest] = chunk.split('\n') as [string, ...string[]]
    pending.push(first)
    length += first.length
    if (length > most)
      throw new DataError(
        `${name}:${number}: a line of more than ${most} characters; expected JSON Lines, a row a line`,
      )
    for (const piece of rest) {
      yield withoutReturn(pending.join(''))
      pending = [piece]
      length = piece.length
      number++
    }
  }
  const last = pending.join('')
  if (last !== '') yield withoutReturn(last)
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
