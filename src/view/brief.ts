// A run in a line: how far it came and what it reached, from its small files alone.

import { join } from 'node:path'
import { openRun, type ShownRun } from '../explain/run.ts'
import type { RunFolder } from '../runs/folders.ts'
import { parts, statOf } from '../runs/layout.ts'
import { isWritten } from '../runs/lock.ts'
import type { LogLine } from '../runs/reader.ts'
import { runFormat } from '../train/stored-request.ts'
import type { Json } from '../types.ts'
import type { Accuracy, RunBrief, RunState, RunsAnswer } from './api.ts'

const ownColumns = ['recipe', 'recipeFile', 'options', 'folder', 'seed', 'code', 'format']
const halts = ['paused by an alarm', 'stopped by the user']

/** A run in a line; one that cannot be read says why. */
export function briefOf({ id, folder }: RunFolder): RunBrief {
  try {
    return readable(id, openRun(folder))
  } catch (error) {
    return { ...unread, id, folder, wrong: (error as Error).message }
  }
}

const unread: RunBrief = {
  ...{ id: '', folder: '', wrong: null, note: null, recipe: '', seed: null, state: 'lost' },
  ...{ iterations: 0, planned: 0, settings: {}, before: null, after: null, alarms: 0 },
}

function readable(id: string, run: ShownRun): RunBrief {
  const { reader, recipe, seed, iterations: planned, options } = run
  const log = reader.log()
  const iterations = reader.metrics().length
  const config = reader.config() as Readonly<Record<string, Json>>
  const others = Object.entries(config).filter(([name]) => !ownColumns.includes(name))
  return {
    ...{ id, folder: reader.folder, wrong: null, recipe, seed },
    note: noteOf(config),
    state: stateOf(reader.folder, log, iterations >= planned),
    ...{ iterations, planned },
    settings: { ...Object.fromEntries(others), ...options },
    before: accuracyOf(log, 'test accuracy before'),
    after: accuracyOf(log, 'test accuracy after'),
    alarms: log.filter(({ level, pattern }) => level === 'warn' && pattern !== undefined).length,
  }
}

/** A run of another version is read as far as it can be. */
function noteOf({ format, versions }: Readonly<Record<string, Json>>): string | null {
  if (format === runFormat) return null
  const by = (versions as { minform?: Json } | null | undefined)?.minform ?? 'an unknown version'
  return `written by minform ${by} (format ${format ?? 'none'}, here ${runFormat}): its numbers may mean something else`
}

/** What a run is at: nobody writes a lost one, and it says no reason. */
function stateOf(folder: string, log: readonly LogLine[], allMade: boolean): RunState {
  if (isWritten(folder)) return 'running'
  const last = log.findLast(({ level }) => level !== 'debug')
  if (last === undefined) return 'lost'
  if (allMade && last.event === 'test accuracy after') return 'done'
  return halts.includes(last.event) ? 'paused' : 'lost'
}

function accuracyOf(log: readonly LogLine[], event: string): Accuracy | null {
  const line = log.findLast(one => one.event === event)
  const number = (value: Json | undefined) => (typeof value === 'number' ? value : null)
  const n = number(line?.graded)
  if (line === undefined || n === null) return null
  return { sampled: number(line.sampled), greedy: number(line.greedy), n }
}

/** Runs in lines, read again where a file of theirs has changed; and the settings that are not the same in all of them. */
export function briefs(): (folders: readonly RunFolder[]) => RunsAnswer {
  const known = new Map<string, { readonly stamp: string; readonly brief: RunBrief }>()
  return folders => {
    const runs = folders.map(one => {
      const stamp = stampOf(one.folder)
      const before = known.get(one.id)
      if (before?.stamp === stamp) return before.brief
      const brief = briefOf(one)
      known.set(one.id, { stamp, brief })
      return brief
    })
    const readable = runs.filter(({ wrong }) => wrong === null)
    const names = [...new Set(readable.flatMap(({ settings }) => Object.keys(settings)))]
    const values = (name: string) => readable.map(({ settings }) => JSON.stringify(settings[name]))
    return { runs, differs: names.filter(name => new Set(values(name)).size > 1) }
  }
}

/** Changes when a run does: its files by when they changed and how long they are, its parts by their folder, its writer. */
export function stampOf(folder: string): string {
  const files = [parts.config, parts.metrics, parts.log, parts.rollouts, parts.lock]
  const stamps = files.map(name => {
    const found = statOf(join(folder, name))
    return found === undefined ? '-' : `${found.mtimeMs} ${found.size} ${found.ino}`
  })
  return [...stamps, isWritten(folder)].join(', ')
}
