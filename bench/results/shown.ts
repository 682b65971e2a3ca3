// The runs behind a study's claims as a page that opens from a file system: a few of them, and of each the iterations at its ends and
// those that it warned of.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { findRecipe } from '../../src/cli/training/flags.ts'
import type { RunSummary } from '../../src/compare/run-summary.ts'
import { MinformError } from '../../src/errors.ts'
import { runFolders } from '../../src/runs/folders.ts'
import { readRun } from '../../src/runs/reader.ts'
import { exportRuns } from '../../src/view/export.ts'
import type { Found } from './study.ts'

const most = { runs: 4, iterations: 8 }

/** What is exported. */
export interface Shown {
  readonly folders: readonly string[]
  readonly iterations: ReadonlySet<number>
}

/** Of each part a complete run of its first variant and one of its reference, such as warned before others; null of none. */
export function shownOf(parts: Found['parts']): Shown | null {
  const runs = Object.values(parts)
    .flatMap(({ variants, reference }) => {
      const asked = [variants[0], variants.find(({ name }) => name === reference.name)]
      return [...new Set(asked)].flatMap(variant => runOf(variant?.runs ?? []) ?? [])
    })
    .slice(0, most.runs)
  const iterations = runs.flatMap(({ folder, warnings }) => {
    const recorded = readRun(folder).iterations()
    const ends = [recorded.at(-1), recorded[0]]
    const warned = warnings.map(({ iteration }) => iteration)
    return [...ends, ...warned].flatMap(one => (recorded.includes(one!) ? [one!] : []))
  })
  if (iterations.length === 0) return null
  return {
    folders: runs.map(({ folder }) => folder),
    iterations: new Set([...new Set(iterations)].slice(0, most.iterations)),
  }
}

function runOf(runs: readonly RunSummary[]): RunSummary | undefined {
  const complete = runs.filter(({ state }) => state === 'complete')
  return complete.find(({ warnings }) => warnings.length > 0) ?? complete[0]
}

/** Writes them to `shown` below the runs, in the place of what lies there, and says so; or says why it cannot. */
export async function writeShown(
  { parts, out }: Pick<Found, 'parts' | 'out'>,
  say: (line: string) => void,
): Promise<void> {
  const shown = shownOf(parts)
  if (shown === null) return
  const folder = join(out, 'shown')
  rmSync(folder, { recursive: true, force: true })
  try {
    const found = await exportRuns({
      ...{ runs: runFolders(shown.folders), find: findRecipe, folder },
      iterations: shown.iterations,
    })
    const size = (found.bytes / 2 ** 20).toFixed(1)
    say(`wrote ${folder}: ${found.iterations} iterations of ${found.runs} runs, ${size} MB`)
  } catch (error) {
    if (!(error instanceof MinformError)) throw error
    say(`${folder} is not written: ${error.message}`)
  }
}
