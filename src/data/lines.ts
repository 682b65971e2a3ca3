/** The lines of a text that comes in pieces, without their ends (\n or \r\n); no empty last one. */
export async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let pending: string[] = [] // pieces of the line that has not ended, so that a long one is joined once
  for await (const chunk of chunks) {
    const [first, ...rest] = chunk.split('\n') as [string, ...string[]]
    pending.push(first)
    for (const piece of rest) {
      yield withoutReturn(pending.join(''))
      pending = [piece]
    }
  }
  const last = pending.join('')
  if (last !== '') yield withoutReturn(last)
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
