import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import { type Standing, seen } from '../../src/train/course.ts'
import type { Preparation } from '../../src/train/plan.ts'
import { begunPreparation, prepare, prepared } from '../../src/train/prepare.ts'
import { silentStages, sixtyProblems, tinyPlan } from './prepare-subject.ts'

const root = mkdtempSync(join(tmpdir(), 'minform-course-'))
afterAll(() => rmSync(root, { recursive: true }))

let folders = 0
const newFolder = (): string => join(root, `made-${++folders}`)

/** What may not depend on how often a preparation was broken off. */
function traceOf(folder: string) {
  const read = (file: string): string => readFileSync(join(folder, file), 'hex')
  return {
    models: ['base', 'prm'].map(model => read(join(model, 'model.safetensors'))),
    metrics: readFileSync(join(folder, 'training/metrics.jsonl'), 'utf8'),
    names: readdirSync(folder).sort(),
  }
}

const copies: string[] = []
const whole = newFolder()
const ends: (string | undefined)[] = []
const foretold: (readonly unknown[])[] = []
beforeAll(async () => {
  let told = 0
  const copy = (): void => {
    if (told++ % 9 !== 4 || !begunPreparation(whole)) return
    const folder = newFolder()
    cpSync(whole, folder, { recursive: true })
    rmSync(join(folder, 'training/run.lock'), { force: true }) // its process would be gone
    copies.push(folder)
  }
  const end = (note?: string): void => {
    ends.push(note)
    copy()
  }
  const foretell = (parts: readonly unknown[]): void => void foretold.push(parts) // what is tried for it changes nothing
  await prepare(sixtyProblems(), whole, tinyPlan, { start: copy, update: copy, end }, { foretell })
  expect(foretold).toHaveLength(1)
}, 60_000)

describe('a preparation', () => {
  test('that is broken off anywhere and continued ends with the same weights', async () => {
    const expected = traceOf(whole)
    expect(copies.length).toBeGreaterThanOrEqual(3)
    for (const folder of copies) {
      expect([begunPreparation(folder), prepared(folder)]).toEqual([true, null])
      await prepare(sixtyProblems(), folder, tinyPlan, silentStages, { resume: true })
      expect(traceOf(folder)).toEqual(expected)
    }
  }, 60_000)

  test('that is killed at random moments does too', async () => {
    const folder = newFolder()
    const program = new URL('./prepare-subject.ts', import.meta.url).pathname
    const draw = random(Date.now(), 'kills')
    let [kills, longest] = [0, 1500]
    for (let tries = 0; ; tries++) {
      const child = spawn(process.execPath, ['--import', 'tsx', program, folder])
      let failed = ''
      child.stderr.on('data', text => {
        failed += text
      })
      await new Promise(resolve => child.stdout.once('data', resolve))
      const timer = tries < 3 ? setTimeout(() => child.kill('SIGKILL'), draw() * longest) : null
      const code = await new Promise(resolve => child.on('close', resolve))
      if (timer !== null) clearTimeout(timer)
      if (code === 0 && kills > 0) break
      if (code === 0) {
        // it was done before its time came: again, with a shorter one
        rmSync(folder, { recursive: true })
        longest /= 2
        tries = -1
        continue
      }
      expect([code, failed]).toEqual([null, '']) // by the signal alone
      kills++
    }
    expect(traceOf(folder)).toEqual(traceOf(whole))
  }, 120_000)

  test('that is interrupted keeps what was learned, and its log says so', async () => {
    const folder = newFolder()
    const controller = new AbortController()
    const log: string[] = []
    const update = (done: number, note: string): void => {
      if (done === 5 && note.startsWith('loss')) controller.abort()
    }
    const { signal } = controller
    const told = { signal, log: (_: string, event: string) => log.push(event) }
    const report = { ...silentStages, update }
    const broken = prepare(sixtyProblems(), folder, tinyPlan, report, told)
    await expect(broken).rejects.toThrow(/abort/i)
    expect(readdirSync(join(folder, 'training/checkpoints'))).toContain('iteration-00005')
    expect(log).toContain('preparing')
    expect(log.at(-1)).toBe('preparation stopped by the user')
  })

  test('that is done leaves no checkpoints', () => {
    expect(readdirSync(join(whole, 'training/checkpoints'))).toEqual([])
  })
})

test('a stage ends early where held-out data get no better, with the weights that were best', () => {
  const early = ends.find(note => note?.startsWith('ended early'))
  const [, loss, after] = early!.match(/held-out loss (\d+\.\d{4}) after (\d+)$/)!
  const lines = readFileSync(join(whole, 'training/metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(({ stage }) => stage === 'reward model, round 1 of 2')
  expect(lines).toHaveLength(Number(after) + tinyPlan.patience!)
  const held = lines.map(line => line['train/held_out_loss'] as number)
  expect(held[Number(after) - 1]).toBe(Math.min(...held))
  expect(Number(loss)).toBeCloseTo(Math.min(...held), 4)
})

test('what was begun otherwise is not continued, and nothing is written over', async () => {
  const folder = newFolder()
  const signal = AbortSignal.abort()
  const again = (plan: Preparation, corpus = sixtyProblems(), resume = true) =>
    prepare(corpus, folder, plan, silentStages, { resume, signal })
  await expect(again(tinyPlan, sixtyProblems(), false)).rejects.toThrow(/abort/i)
  await expect(again({ ...tinyPlan, seed: 2 })).rejects.toThrow('plan.seed was 1, is 2')
  await expect(again(tinyPlan, sixtyProblems(2))).rejects.toThrow('corpus.problems was')
  await expect(again(tinyPlan, sixtyProblems(), false)).rejects.toThrow(
    'a preparation that was broken off; add --resume',
  )
  await expect(prepare(sixtyProblems(), whole, tinyPlan, silentStages)).rejects.toThrow(
    `${join(whole, 'base')} holds a model; name another folder`,
  )
})

describe('a stage waits', () => {
  const start: Standing = { stage: 's', before: 0, done: 0, best: null, waited: 0, goal: null }
  const once = (...losses: number[]): Standing => {
    let standing = start
    for (const [i, loss] of losses.entries()) standing = seen({ ...standing, done: i + 1 }, loss)
    return standing
  }

  test('for a loss that is clearly better, and keeps the best', () => {
    expect(once(2, 1)).toMatchObject({ best: { done: 2, loss: 1 }, waited: 0 })
    expect(once(2, 1, 1.5, 0.999)).toMatchObject({ best: { done: 4, loss: 0.999 }, waited: 2 })
    expect(once(2, 1, 1.5, 0.99)).toMatchObject({ best: { done: 4 }, waited: 0 })
  })

  test('not for hundredths of a per cent of nothing, however often they come', () => {
    expect(once(1e-4, 0.9e-4, 0.8e-4, 0.7e-4).waited).toBe(3)
  })

  test('and takes no notice where there was no evaluation', () => {
    expect(once(1, Number.NaN, Number.NaN)).toMatchObject({ waited: 0, best: { done: 1 } })
  })
})
