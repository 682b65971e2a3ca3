// Which parts of our code have been run, told by V8 itself.

import { Session } from 'node:inspector/promises'

/** What tells whether code of src was run since the last time that had never been run before. */
export interface Coverage {
  isNew(): Promise<boolean>
  ranges(): number
  close(): void
}

export async function openCoverage(): Promise<Coverage> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
  const seen = new Set<string>()
  return {
    isNew: async () => {
      const { result } = await session.post('Profiler.takePreciseCoverage')
      const before = seen.size
      for (const { url, functions } of result) {
        if (!/\/(src|dist)\//.test(url) || url.includes('/node_modules/')) continue
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) seen.add(`${url}:${startOffset}-${endOffset}`)
      }
      return seen.size > before
    },
    ranges: () => seen.size,
    close: () => session.disconnect(),
  }
}
