// Where the page has its numbers from: its server, or files that lie beside it.

import type { LiveChange } from '../src/view/api.ts'

declare global {
  interface Window {
    /** What a file of data calls. */
    minform?: { put(path: string, value: unknown): void }
  }
}

/** Whether the data lies beside the page, where nobody answers questions. */
export const fromFiles = document.documentElement.dataset.from === 'files'
const mostKept = 60 // answers; a group of long rollouts has megabytes
const kept = new Map<string, Promise<unknown>>()
const asked = new Map<string, (value: unknown) => void>()

window.minform = { put: (path, value) => asked.get(path)?.(value) }

/** One answer, by its path (src/view/api.ts); asked for once until it is forgotten. Throws what is shown to the reader. */
export function load<T>(path: string): Promise<T> {
  const before = kept.get(path)
  if (before !== undefined) return before as Promise<T>
  for (const old of kept.keys()) if (kept.size >= mostKept) kept.delete(old)
  const answer = fromFiles ? fromScript<T>(path) : fromServer<T>(path)
  kept.set(path, answer)
  answer.catch(() => kept.delete(path))
  return answer
}

/** Forgets all runs, and of one what changes while it is written. */
export function forget(run: string | null, iteration: number | null): void {
  for (const path of [...kept.keys()]) {
    const [kind, id, at] = path.split('/')
    const own = kind === 'run' && decodeURIComponent(id!) === run
    const grows = at === undefined || Number(at) === iteration
    if (kind === 'runs' || (own && grows)) kept.delete(path)
  }
}

/** The path of a run's answer, or of one below it. */
export function pathOf(run: string, ...below: readonly number[]): string {
  return ['run', encodeURIComponent(run), ...below].join('/')
}

async function fromServer<T>(path: string): Promise<T> {
  const response = await fetch(`/data/${path}.json`).catch(() => {
    throw new Error('the server does not answer: is minform view still running?')
  })
  if (response.ok) return (await response.json()) as T
  const said = (await response.json().catch(() => null)) as { error?: string } | null
  if (response.status === 401)
    throw new Error('open the address that minform view printed, with its token')
  throw new Error(said?.error ?? `the server answered ${response.status}`)
}

function fromScript<T>(path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script')
    const done = (): void => {
      asked.delete(path)
      script.remove()
    }
    asked.set(path, value => resolve(value as T))
    script.src = `data/${path.split('/').map(encodeURIComponent).join('/')}.js`
    script.onerror = () => {
      done()
      reject(new Error('this was not exported'))
    }
    script.onload = done
    document.head.append(script)
  })
}

/** Tells of iterations that appear in runs; never where the data is files. */
export function listen(tell: (run: string | null, iteration: number | null) => void): void {
  if (fromFiles) return
  const source = new EventSource('/data/live')
  source.onmessage = ({ data }) => {
    const { run, iteration } = JSON.parse(data) as LiveChange
    tell(run, iteration)
  }
}
