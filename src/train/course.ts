// The course of a preparation: stages of updates, one after another. What is learned is kept in a folder of its own, so
// that a preparation that was killed goes on from its last checkpoint and ends with the same weights. A stage may end early,
// with the weights that were best on held-out data.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readText } from '../data/plain-file.ts'
import type { Engine } from '../engine/engine.ts'
import { RunError } from '../errors.ts'
import { checkpointIterations, checkpointName } from '../runs/layout.ts'
import { createRun, type RunWriter, resumeRun } from '../runs/writer.ts'
import type { Json } from '../types.ts'
import { learnedOf, pace } from './checkpoints.ts'
import { end } from './ended.ts'
import type { StageReport } from './plan.ts'

/** One stage of updates. */
export interface Stage {
  readonly name: string
  readonly updates: number // at most
  /** Evaluations in a row without a better loss on held-out data, after which a stage ends; null: it never ends early. */
  readonly patience: number | null
}

/** What a stage asks of the loop that learns. */
export interface Lesson {
  readonly from: number // updates that the engine has seen
  /** Told after each update, which waits for it; the answer 'enough' ends the loop. */
  readonly onUpdate: (done: number, loss: number) => Promise<'enough' | undefined>
}

/** Where a preparation stands. */
export interface Standing {
  readonly stage: string
  readonly before: number // updates of all stages before
  readonly done: number // of this one
  readonly best: { readonly done: number; readonly loss: number } | null // on held-out data
  readonly waited: number // evaluations since a loss that was clearly better
  readonly goal: number | null // the loss that those are compared with
}

export interface CourseOptions {
  readonly resume: boolean
  readonly report: StageReport
  /** Told of what goes into the course's own log, too. */
  readonly log?: RunWriter['log'] | undefined
  readonly signal?: AbortSignal | undefined
}

const evaluations = 20 // of a stage that comes to its end

/** A loss is clearly better where it is lower by this share and this much: a model that knows it all gains no more. */
const clearly = { share: 0.005, nats: 1e-4 }

/** The course that a folder holds. */
export class Course {
  readonly #run: RunWriter
  readonly #stages: readonly string[]
  readonly #options: CourseOptions
  readonly #saves = pace(null)
  #standing: Standing | null = null
  #saved = 0

  private constructor(run: RunWriter, stages: readonly string[], options: CourseOptions) {
    this.#run = run
    this.#stages = stages
    this.#options = options
  }

  /** Begins a course, or goes on with the one that was begun with the same configuration: another is a RunError. */
  static open(
    folder: string,
    config: Json,
    stages: readonly string[],
    options: CourseOptions,
  ): Course {
    if (options.resume) requireSame(folder, config)
    const run = options.resume ? resumeRun(folder) : createRun(folder, config)
    const course = new Course(run, stages, options)
    const last = checkpointIterations(folder).at(-1)
    if (last !== undefined) {
      course.#standing = readStanding(run.checkpointFolder(last))
      course.#saved = last
      run.keepCheckpoints(course.#needed(course.#standing))
    }
    return course
  }

  /** Whether anything has been learned and kept. */
  get begun(): boolean {
    return this.#standing !== null
  }

  /** Whether the course has come to a later stage. */
  passed(stage: string): boolean {
    if (this.#standing === null) return false
    return this.#stages.indexOf(this.#standing.stage) > this.#stages.indexOf(stage)
  }

  /** A file of the course's own. */
  file(name: string): string {
    return join(this.#run.folder, name)
  }

  /**
   * Learns one stage with an engine, which is restored first where the stage was begun before. `heldOut` measures the loss
   * on held-out data; NaN, or null instead of it, where there is none.
   */
  async learn(
    stage: Stage,
    engine: Engine,
    learn: (lesson: Lesson) => Promise<unknown>,
    heldOut: (() => Promise<number>) | null,
  ): Promise<void> {
    const { report, signal } = this.#options
    const here = this.#standing?.stage === stage.name ? this.#standing : null
    if (here !== null) await engine.restore(this.#folder(here.before + here.done))
    let now: Standing = here ?? fresh(stage.name, this.#total())
    report.start(stage.name, stage.updates, 'updates')
    if (now.done > 0) report.update(now.done, 'continued')
    const started = { done: now.done, at: performance.now() }
    const onUpdate: Lesson['onUpdate'] = async (done, loss) => {
      const due = done % Math.ceil(stage.updates / evaluations) === 0 || done === stage.updates
      const held = due && heldOut !== null ? await heldOut() : Number.NaN
      now = due ? seen({ ...now, done }, held) : { ...now, done }
      const known = Number.isFinite(held) ? { 'train/held_out_loss': held } : {}
      const line = { iteration: now.before + done, stage: stage.name, 'train/loss': loss, ...known }
      this.#run.metrics(line)
      report.update(done, `loss ${loss.toFixed(4)}${heldNote(now, stage)}`)
      if (due) this.#tell(stage, now, loss, held, leftOf(stage, done, started))
      const wanted = stage.patience !== null && now.best?.done === done
      if (wanted || this.#saves.due(done)) await this.#save(engine, now)
      return isOver(stage, now) ? 'enough' : undefined
    }
    try {
      if (!isOver(stage, now)) await learn({ from: now.done, onUpdate })
      await this.#end(stage, engine, now)
    } catch (error) {
      if (signal?.aborted && now.done > 0) {
        await this.#save(engine, now)
        this.log('warn', 'preparation stopped by the user', { stage: now.stage, after: now.done })
      }
      throw error
    }
  }

  log(...line: Parameters<RunWriter['log']>): void {
    this.#run.log(...line)
    this.#options.log?.(...line)
  }

  /** Says that all is saved, and removes what was only there to go on. */
  finish(): void {
    end(this.#run)
  }

  close(): void {
    this.#run.close()
  }

  /** The best weights stay, where a stage looks for them. */
  async #end(stage: Stage, engine: Engine, now: Standing): Promise<void> {
    const { best, done, before } = now
    const early = done < stage.updates
    await this.#save(engine, now)
    const back = stage.patience !== null && best !== null && best.done < done
    if (back) await engine.restore(this.#folder(before + best.done))
    this.#standing = now
    const held = best === null ? null : best.loss
    this.log('info', 'stage done', { stage: now.stage, updates: done, of: stage.updates, held })
    this.#options.report.end(
      early ? `ended early, held-out loss ${best!.loss.toFixed(4)} after ${best!.done}` : undefined,
    )
  }

  async #save(engine: Engine, now: Standing): Promise<void> {
    const number = now.before + now.done
    if (number === this.#saved) return
    await this.#saves.saving(async () => {
      await this.#run.commitCheckpoint(async folder => {
        await engine.save(folder, learnedOf(engine))
        writeFileSync(join(folder, standingFile), `${JSON.stringify(now)}\n`)
      }, checkpointName(number))
    })
    this.#saved = number
    this.#run.keepCheckpoints(this.#needed(now))
  }

  #needed({ before, done, best }: Standing): number[] {
    return [before + done, ...(best === null ? [] : [before + best.done])]
  }

  #folder(number: number): string {
    return this.#run.checkpointFolder(number)
  }

  #total(): number {
    return this.#standing === null ? 0 : this.#standing.before + this.#standing.done
  }

  #tell(stage: Stage, { done }: Standing, loss: number, held: number, left: number): void {
    const fields = { stage: stage.name, update: done, of: stage.updates, loss }
    this.log('info', 'preparing', { ...fields, heldOutLoss: held, secondsLeft: left })
  }
}

/** What a stage has seen after an evaluation: NaN is no evaluation. */
export function seen(standing: Standing, loss: number): Standing {
  if (Number.isNaN(loss)) return standing
  const { best, goal, done } = standing
  const lower = best === null || loss < best.loss
  const clear = goal === null || loss < goal * (1 - clearly.share) - clearly.nats
  return {
    ...standing,
    best: lower ? { done, loss } : best,
    goal: clear ? loss : goal,
    waited: clear ? 0 : standing.waited + 1,
  }
}

function isOver({ updates, patience }: Stage, { done, waited }: Standing): boolean {
  return done === updates || (patience !== null && waited >= patience)
}

function fresh(stage: string, before: number): Standing {
  return { stage, before, done: 0, best: null, waited: 0, goal: null }
}

function heldNote({ best }: Standing, { patience }: Stage): string {
  return best === null || patience === null ? '' : `, held out ${best.loss.toFixed(4)}`
}

/** Seconds that the rest of a stage takes, as fast as its updates were in this process. */
function leftOf(stage: Stage, done: number, from: { done: number; at: number }): number {
  const each = (performance.now() - from.at) / 1000 / Math.max(1, done - from.done)
  return Math.round(each * (stage.updates - done) * 10) / 10
}

const standingFile = 'standing.json'
const count = z.number().int().nonnegative()
const standingSchema = z.object({
  stage: z.string(),
  before: count,
  done: count,
  best: z.object({ done: count, loss: z.number() }).nullable(),
  waited: count,
  goal: z.number().nullable(),
})

function readStanding(folder: string): Standing {
  const file = join(folder, standingFile)
  try {
    return standingSchema.parse(JSON.parse(readText(file)))
  } catch (cause) {
    throw new RunError(
      `${file}: ${(cause as Error).message}; remove ${folder} to continue from an earlier one`,
      { cause },
    )
  }
}

/** Throws RunError where a folder holds no course, or one of another configuration, and names what differs. */
export function requireSame(folder: string, config: Json): void {
  const file = join(folder, 'config.json')
  if (!existsSync(file))
    throw new RunError(`${folder} holds no preparation that could be continued`)
  const [there, here] = [JSON.parse(readText(file)), config].map(one => flat(one))
  const differs = [...new Set([...there!.keys(), ...here!.keys()])].filter(
    key => there!.get(key) !== here!.get(key),
  )
  if (differs.length === 0) return
  const told = differs.map(key => `${key} was ${there!.get(key)}, is ${here!.get(key)}`)
  throw new RunError(
    `${folder} goes on as it was started: ${told.join('; ')}; name another folder, or remove that one`,
  )
}

/** Values by their paths, each as JSON writes it. */
function flat(value: Json, path = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[path, JSON.stringify(value)]])
  const parts = Object.entries(value as Readonly<Record<string, Json>>)
  return new Map(
    parts.flatMap(([key, one]) => [...flat(one, path === '' ? key : `${path}.${key}`)]),
  )
}
