// Iterations that were looked at last, with their replays: whoever opens one group opens the next one too.

import type { Replay } from '../explain/replay.ts'
import { openRun, replayed, rowsOf, type ShownRun } from '../explain/run.ts'
import type { Recipe } from '../recipe.ts'
import { rolloutPart, statOf } from '../runs/layout.ts'
import type { StoredRollout } from '../runs/rollout-table.ts'

/** Finds a recipe by its name. */
export type RecipeFinder = (name: string) => Promise<{ readonly recipe: Recipe }>

/** An iteration in memory. */
export interface OpenIteration {
  readonly run: ShownRun
  readonly rows: readonly StoredRollout[]
  /** The iteration again, made where it is first asked for; or why that cannot be done. */
  readonly replay: () => Promise<{ readonly replay: Replay | null; readonly why: string | null }>
}

interface Kept {
  readonly stamp: string
  readonly opened: Promise<OpenIteration>
  numbers: number // in its rows; 0 until they are read
}

const mostNumbers = 8_000_000 // of all that are kept, 32 MB; the last iteration is kept in any case

/** Opens iterations, and keeps those that were asked for last. */
export class Iterations {
  private readonly kept = new Map<string, Kept>() // the last one asked for is last
  private readonly find: RecipeFinder

  constructor(find: RecipeFinder) {
    this.find = find
  }

  /** Throws RunError where the run or its part cannot be read. */
  open(folder: string, iteration: number): Promise<OpenIteration> {
    const part = rolloutPart(folder, iteration)
    const found = statOf(part)
    const stamp = `${found?.mtimeMs} ${found?.size} ${found?.ino}`
    const before = this.kept.get(part)
    this.kept.delete(part)
    const one = before?.stamp === stamp ? before : this.read(folder, iteration, stamp, part)
    this.kept.set(part, one)
    return one.opened
  }

  private read(folder: string, iteration: number, stamp: string, part: string): Kept {
    const opened = openIteration(folder, iteration, this.find)
    const one: Kept = { stamp, opened, numbers: 0 }
    opened.then(
      ({ rows }) => {
        one.numbers = rows.reduce((sum, row) => sum + numbersIn(row), 0)
        this.forget()
      },
      () => this.kept.get(part) === one && this.kept.delete(part),
    )
    return one
  }

  private forget(): void {
    let sum = [...this.kept.values()].reduce((all, { numbers }) => all + numbers, 0)
    for (const [part, { numbers }] of this.kept) {
      if (sum <= mostNumbers || this.kept.size === 1) return
      this.kept.delete(part)
      sum -= numbers
    }
  }
}

async function openIteration(
  folder: string,
  iteration: number,
  find: RecipeFinder,
): Promise<OpenIteration> {
  const run = openRun(folder)
  const rows = await rowsOf(run, iteration)
  let made: ReturnType<OpenIteration['replay']> | null = null
  return {
    ...{ run, rows },
    replay: () => {
      made ??= again(run, rows, find)
      return made
    },
  }
}

async function again(run: ShownRun, rows: readonly StoredRollout[], find: RecipeFinder) {
  try {
    const { recipe } = await find(run.recipe)
    return { replay: replayed(run, recipe, rows), why: null }
  } catch (error) {
    return { replay: null, why: (error as Error).message }
  }
}

/** The numbers that a row holds, those of a replay of it counted. */
function numbersIn({ ids, promptIds, returns, rewards }: StoredRollout): number {
  const lists = 5 + 2 * Object.keys(returns).length + Object.keys(rewards).length
  return promptIds.length + ids.length * lists
}
