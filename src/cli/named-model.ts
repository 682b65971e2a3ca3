// A model that a flag names, on this machine: a path, or a name on the Hub, fetched with its progress told.

import { type Downloading, type FoundModel, findModel } from '../hub/find-model.ts'
import type { ScorerSpec } from '../prm/score/spec.ts'
import { type Find, modelsNamed, scorerNamed } from '../train/named-models.ts'
import type { WholeRequest } from '../train/request/request.ts'
import { type Progress, type ProgressStream, progress } from './progress.ts'

/** Finds what --model or --prm names, and fetches it, or all but its weights, where it has to; an interrupt leaves what came for the next time. */
export async function namedModel(
  named: string,
  stream: ProgressStream = process.stderr,
  weights = true,
): Promise<FoundModel> {
  const told = downloadProgress(stream)
  try {
    return await findModel(named, { weights, onProgress: told.update, say: told.say })
  } finally {
    told.end()
  }
}

/** The path of what a flag names. */
export async function modelPath(named: string, weights = true): Promise<string> {
  return (await namedModel(named, process.stderr, weights)).path
}

/** A scorer that flags name, its models on this machine. */
export function scorerHere(spec: ScorerSpec): Promise<ScorerSpec> {
  return scorerNamed(spec, modelPath)
}

/** Requests whose models are on this machine, by names that find the same again: a branch of the Hub moves on. */
export async function pinned<R extends WholeRequest>(requests: readonly R[]): Promise<R[]> {
  const names = new Map<string, Promise<string>>()
  const find: Find = (named, weights) => {
    const key = JSON.stringify([named, weights])
    const found =
      names.get(key) ?? namedModel(named, process.stderr, weights).then(({ name }) => name)
    names.set(key, found)
    return found
  }
  const all: R[] = []
  for (const request of requests) all.push(await modelsNamed(request, find))
  return all
}

/** Megabytes of a download, as they come; nothing where nothing has to. */
function downloadProgress(stream: ProgressStream) {
  let shown: { bar: Progress; from: number; total: number } | null = null
  const megabytes = (bytes: number): number => Math.round(bytes / 1e5) / 10
  const end = (): void => {
    shown?.bar.end()
    shown = null
  }
  return {
    update: ({ name, file, done, total }: Downloading): void => {
      if (shown?.total !== total) {
        end() // more files turned out to be needed
        const bar = progress(`fetch ${name}`, megabytes(total - done), { stream, unit: 'MB' })
        shown = { bar, from: done, total }
      }
      shown.bar.update(megabytes(done - shown.from), file)
    },
    say: (line: string): void => {
      if (shown === null) stream.write(`minform: ${line}\n`)
      else shown.bar.say(`minform: ${line}`)
    },
    end,
  }
}
