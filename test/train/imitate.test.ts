import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { openEngine } from '../../src/index.ts'
import { taskOf } from '../../src/problems/tasks/index.ts'
import { fileCorpus, taskCorpus } from '../../src/train/corpus.ts'
import {
  begunImitation,
  endedImitation,
  type ImitationRequest,
  imitate,
} from '../../src/train/imitate.ts'
import { storedPrompt } from '../../src/train/prompting.ts'
import { heldOutFor } from '../../src/train/worked-solutions.ts'

const base = fileURLToPath(new URL('../../models/base', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'minform-imitate-'))
afterAll(() => rmSync(root, { recursive: true }))

const silent = { start: () => {}, update: () => {}, end: () => {} }
const task = taskCorpus(taskOf('nested-arithmetic'), 0)
const corpus = { ...task, validation: () => task.validation(8) } // quick
const lora = { rank: 2, alpha: 4, targets: ['q_proj', 'v_proj'] } as const
const usual = {
  model: base,
  updates: 12,
  batch: 4,
  learningRate: 3e-4,
  maxTokens: 60,
  patience: null,
  seed: 1,
  device: 'cpu',
  threads: 1,
  lora: null,
  merge: false,
  environment: null,
  environmentStop: null,
  environmentTimeout: null,
  template: null,
  system: null,
  instruction: null,
} as const
const request = (more: Partial<ImitationRequest> & { out: string }): ImitationRequest => ({
  ...usual,
  ...more,
})
const place = (name: string): string => join(root, name)
const weights = (out: string): Buffer => {
  const name = readdirSync(out).find(file => file.endsWith('.safetensors'))!
  return readFileSync(join(out, name))
}

describe('imitation', () => {
  test('of worked solutions makes held-out ones likelier, and says how it is to be asked', async () => {
    const out = place('whole')
    const found = await imitate(corpus, request({ out }), silent)
    expect(found.heldOut).toBe(8)
    expect(found.after).toBeLessThan(found.before)
    expect(await storedPrompt(out)).toEqual(found.prompt)
    expect(existsSync(join(out, 'tokenizer.json'))).toBe(true)
  })

  test('through an adapter saves that, which opens as the merged model does', async () => {
    const [alone, merged] = [place('adapter'), place('merged')]
    await imitate(corpus, request({ out: alone, lora, updates: 3 }), silent)
    await imitate(corpus, request({ out: merged, lora, updates: 3, merge: true }), silent)
    expect(existsSync(join(alone, 'adapter_config.json'))).toBe(true)
    expect(existsSync(join(merged, 'config.json'))).toBe(true)
    expect(await storedPrompt(alone)).toEqual(await storedPrompt(merged))
    const ids = Int32Array.from([3, 4, 5, 6, 7])
    const scores: Float32Array[] = []
    for (const engine of [
      await openEngine({ kind: 'onnx', folder: alone }),
      await openEngine({ kind: 'onnx', folder: merged }),
      await openEngine({ kind: 'onnx', folder: base }),
    ]) {
      scores.push((await engine.score([ids]))[0]!.logprobs)
      await engine.close()
    }
    scores[0]!.forEach((logprob, t) => void expect(logprob).toBeCloseTo(scores[1]![t]!, 5))
    expect(scores[0]).not.toEqual(scores[2])
  })

  test.each([null, lora])('that was broken off ends with the same weights', async adapter => {
    const [whole, broken] = [place(`w${adapter?.rank}`), place(`b${adapter?.rank}`)]
    const ask = { lora: adapter, updates: 5, patience: 3 }
    await imitate(corpus, request({ ...ask, out: whole }), silent)
    const stop = new AbortController()
    const breaking = { ...silent, update: (done: number) => done === 3 && stop.abort() }
    const options = { signal: stop.signal }
    await expect(
      imitate(corpus, request({ ...ask, out: broken }), breaking, options),
    ).rejects.toThrow()
    expect(begunImitation(broken)).toBe(true)
    await expect(imitate(corpus, request({ ...ask, out: broken }), silent)).rejects.toThrow(
      '--resume',
    )
    const other = imitate(corpus, request({ ...ask, out: broken, seed: 2 }), silent, {
      resume: true,
    })
    await expect(other).rejects.toThrow('seed was 1, is 2')
    cpSync(whole, broken, { recursive: true, filter: file => !file.includes('training') }) // as if killed once it had saved
    expect(endedImitation(broken)).toBe(false)
    await imitate(corpus, request({ ...ask, out: broken }), silent, { resume: true })
    expect(weights(broken).equals(weights(whole))).toBe(true)
    const checkpoints = join(broken, 'training', 'checkpoints')
    const named = adapter === null ? 'config.json' : 'adapter_config.json'
    mkdirSync(join(checkpoints, 'iteration-00002')) // as if killed as it removed them
    expect(endedImitation(broken)).toBe(true)
    expect(readdirSync(checkpoints)).toEqual([])
    renameSync(join(broken, named), join(broken, 'away'))
    expect(endedImitation(broken)).toBe(false) // its model is not there
    renameSync(join(broken, 'away'), join(broken, named))
    const ended = imitate(corpus, request({ ...ask, out: broken }), silent, { resume: true })
    await expect(ended).rejects.toThrow('holds a model')
  })

  test('ends early where held-out solutions gain nothing, with the best weights', async () => {
    const out = place('early')
    const told: string[] = []
    const report = { ...silent, end: (note?: string) => void told.push(note ?? '') }
    const rates = { learningRate: 0.05, updates: 30, patience: 1 } // far too fast: it unlearns
    const found = await imitate(corpus, request({ out, ...rates }), report)
    expect(told[0]).toContain('ended early')
    expect(told[0]).toContain(found.after.toFixed(4))
  })

  test('needs worked solutions that fit, a language model, and a folder of its own', async () => {
    const [problem] = corpus.test(1)
    const bare = {
      ...fileCorpus('bare', [{ ...problem!, solution: null }], corpus.test(1)),
      validation: corpus.validation,
    }
    await expect(imitate(bare, request({ out: place('bare') }), silent)).rejects.toThrow('solution')
    const short = imitate(corpus, request({ out: place('short'), maxTokens: 2 }), silent)
    await expect(short).rejects.toThrow('raise --max-tokens')
    await expect(imitate(corpus, request({ out: base }), silent)).rejects.toThrow('holds a model')
    const judge = fileURLToPath(new URL('../../models/prm', import.meta.url))
    const classifier = imitate(corpus, request({ out: place('c'), model: judge }), silent)
    await expect(classifier).rejects.toThrow('is a token classifier')
  })
})

test.each([
  [10, 20],
  [1792, 45],
  [100_000, 100],
])('of %i solutions that are learned %i are held out', (learned, count) => {
  expect(heldOutFor(learned)).toBe(count)
})
