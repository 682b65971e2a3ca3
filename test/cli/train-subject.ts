// Models so small that a run takes a second: they know one sum, and people who ask for it.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { dispatch } from '../../src/cli/dispatch.ts'
import { plainPrompt } from '../../src/problems/prompt.ts'
import { askedCorpus, openCorpus } from '../../src/train/corpus.ts'
import type { Preparation } from '../../src/train/plan.ts'
import { prepare } from '../../src/train/prepare.ts'
import { built } from '../built.ts'
import { rowsFile } from './commands.ts'

/** A row of a problems file; every tenth of them is held out. */
export function row(i: number): Record<string, unknown> {
  return { question: `Person ${i} adds 3 and 4`, answer: 7, solution: ['3+4=7', '\\boxed{7}'] }
}

export const rows = Array.from({ length: 240 }, (_, i) => row(i))

const plan: Preparation = {
  seed: 1,
  device: 'cpu',
  threads: 1,
  vocabSize: 64,
  alphabet: 'corpus',
  hiddenSize: 32,
  layers: 1,
  maxPositions: 128,
  maxTokens: 40,
  batch: 16,
  warmUpdates: 15,
  slipUpdates: 1,
  slips: 0.05,
  judgeLayers: 1,
  prmRounds: 1,
  prmUpdates: 100,
  wrongWeight: 1,
  patience: null,
  learningRate: 1e-2,
  prmRate: 1e-2,
  labelledProblems: 0,
}

/** A policy that is often right and a judge that is better than chance, in a folder of their own. */
export async function tinyModels(more: Partial<typeof plan> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'minform-train-'))
  const problems = rowsFile(rows)
  const request = { task: null, difficulty: null, problemsFile: problems, testFile: null }
  const silent = { start: () => {}, update: () => {}, end: () => {} }
  const corpus = await openCorpus(request)
  const prompt = plainPrompt(corpus.frame, { system: null, instruction: null })
  const made = await prepare(askedCorpus(corpus, prompt), folder, { ...plan, ...more }, silent)
  const remove = (): void => rmSync(folder, { recursive: true })
  return { folder, problems, ...made, remove }
}

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const loaded = {
  train: { about: '', load: () => import('../../src/cli/train.ts') },
  compare: { about: '', load: () => import('../../src/cli/compare.ts') },
}

/** `minform train`, in this process. */
export function train(...args: readonly string[]): Promise<Ran> {
  return minform('train', ...args)
}

/** `minform` with these arguments, in this process. */
export async function minform(...args: readonly string[]): Promise<Ran> {
  let [out, err] = ['', '']
  const say = (text: unknown): boolean => {
    err += String(text)
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(text => {
      out += String(text)
      return true
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation(say),
  ]
  try {
    const output = { out: say, err: say, version: '0', debug: false }
    return { code: await dispatch(loaded, args, output), out, err }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

/** `minform train` as a program, interrupted each time its error output matches the next pattern. */
export function trainInterrupted(
  args: readonly string[],
  ...when: readonly RegExp[]
): Promise<Ran> {
  return interrupted(['train', ...args], ...when)
}

/** `minform` as a program with these arguments, interrupted in the same way. */
export function interrupted(args: readonly string[], ...when: readonly RegExp[]): Promise<Ran> {
  return signalled(
    args,
    when.map(pattern => [pattern, 'SIGINT']),
  )
}

const main = built('cli/main')

/** How a shell starts this program. */
export const program = `${process.execPath} ${main}`

/** `minform` as a program, sent a signal each time its error output matches the next pattern. */
export function signalled(
  args: readonly string[],
  when: readonly (readonly [RegExp, NodeJS.Signals])[],
): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...args])
  const waiting = [...when]
  let [out, err] = ['', '']
  child.stdout.on('data', text => {
    out += text
  })
  child.stderr.on('data', text => {
    err += text
    const [pattern, signal] = waiting[0] ?? []
    if (pattern?.test(err)) {
      waiting.shift()
      child.kill(signal)
    }
  })
  return new Promise(resolve => {
    // a program that dies by a signal shows 128 + its number to a shell
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 128 + constants.signals[signal!], out, err }),
    )
  })
}
