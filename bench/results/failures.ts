// Why runs ended early, kept beside them: a run that was refused has no folder that could say so.

import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { PlannedRun } from '../../src/compare/plan.ts'
import { writeWhole } from '../../src/runs/whole-file.ts'

/** The reasons of a study's folder, by run. */
export interface Failures {
  of(run: PlannedRun): string | undefined
  /** Keeps a reason, or forgets it where the run is begun again. */
  set(run: PlannedRun, reason: string | undefined): void
}

/** Opens the reasons that are kept in a folder. */
export function openFailures(folder: string): Failures {
  const file = join(folder, 'failures.json')
  const kept: Record<string, string> = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {}
  const name = ({ request }: PlannedRun): string => relative(folder, request.folder)
  return {
    of: run => kept[name(run)],
    set: (run, reason) => {
      if (kept[name(run)] === reason) return
      if (reason === undefined) delete kept[name(run)]
      else kept[name(run)] = reason
      writeWhole(file, `${JSON.stringify(kept, null, 2)}\n`)
    },
  }
}
