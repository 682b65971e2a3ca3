// All that a page may ask for, by its path: the same answers from a server and in an exported folder.

import { RunError } from '../errors.ts'
import type { RunFolder, RunFolders } from '../runs/folders.ts'
import type { GroupAnswer, IterationAnswer, RunAnswer, RunsAnswer } from './api.ts'
import { briefs } from './brief.ts'
import { groupAnswer, iterationAnswer } from './groups.ts'
import { Iterations, type OpenIteration, type RecipeFinder } from './iterations.ts'
import { runAnswer } from './run.ts'
import { spellings } from './spelling.ts'

/** Answers a path such as `run/first/12/3`. Throws RunError where there is no such thing, or it cannot be read. */
export type Answers = (path: string) => Promise<object>

/** Answers over the runs in some folders. */
export function answers(folders: RunFolders, find: RecipeFinder): Answers {
  const all = briefs()
  const iterations = new Iterations(find)
  const spellingOf = spellings()
  const folderOf = (id: string): RunFolder => {
    const found = folders.find(id)
    if (found === undefined) throw new RunError(`there is no run '${id}'`)
    return found
  }
  const runs = (): RunsAnswer => all(folders.all())
  const run = (id: string): RunAnswer => runAnswer(all([folderOf(id)]).runs[0]!)
  const iteration = async (id: string, number: number): Promise<IterationAnswer> => {
    const open = await iterations.open(folderOf(id).folder, number)
    setImmediate(() => ready(open)) // since whoever looks at groups opens one next
    return iterationAnswer(number, open.rows)
  }
  const ready = ({ run, replay }: OpenIteration): void => {
    spellingOf(run.reader).catch(() => null) // one that opens a group is told
    void replay()
  }
  const group = async (id: string, number: number, group: number): Promise<GroupAnswer> => {
    const open = await iterations.open(folderOf(id).folder, number)
    const own = open.rows.filter(row => row.group === group)
    if (own.length === 0) throw new RunError(`iteration ${number} of '${id}' has no group ${group}`)
    const spell = await spellingOf(open.run.reader)
    return groupAnswer(own, { maxTokens: open.run.maxTokens, spell, ...(await open.replay()) })
  }
  return async path => {
    const [kind, id, ...numbers] = path.split('/')
    const [i, g] = numbers.map(wholeNumber)
    const depth = numbers.length
    if (kind === 'runs' && id === undefined) return runs()
    if (kind === 'run' && id !== undefined && numbers.map(wholeNumber).every(n => n !== null)) {
      if (depth === 0) return run(id)
      if (depth === 1) return iteration(id, i!)
      if (depth === 2) return group(id, i!, g!)
    }
    throw new RunError(`there is no '${path}'`)
  }
}

function wholeNumber(text: string): number | null {
  return /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : null
}
