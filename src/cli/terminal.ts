import { printable } from '../errors.ts'

const rewrite = '\r\u001b[2K' // how progress begins its line anew

/**
 * A text without what a terminal would obey, which is written out: what files, servers and models say may stand in any line
 * that is printed. In JSON it stays the same value. Lines may end as CSV has them, and begin as progress does.
 */
export function obeyedByNone(text: string): string {
  const begin = text.startsWith(rewrite) ? rewrite : ''
  return begin + text.slice(begin.length).split('\r\n').map(printable).join('\r\n')
}

/** Lets texts be written to a stream in that way alone; bytes pass as they are, for a reader that is a program. */
export function guard(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean
  const guarded = (chunk: unknown, ...rest: unknown[]): boolean =>
    write(typeof chunk === 'string' ? obeyedByNone(chunk) : chunk, ...rest)
  stream.write = guarded as typeof stream.write
  if (stream.isTTY) stream.getColorDepth = () => 1 // console.log of a user's code writes no colours then
}
