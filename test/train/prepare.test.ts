import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/engine/hf/config-file.ts'
import { openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { taskOf } from '../../src/problems/tasks/index.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { taskCorpus } from '../../src/train/corpus.ts'
import { prepare } from '../../src/train/prepare.ts'
import { tinyPlan } from './prepare-subject.ts'

const folder = mkdtempSync(join(tmpdir(), 'minform-prepare-'))
afterAll(() => rmSync(folder, { recursive: true }))

const plan = {
  ...tinyPlan,
  maxTokens: 100,
  batch: 16,
  patience: null,
  warmUpdates: 30,
  slipUpdates: 5,
  prmUpdates: 10,
  prmRate: 1e-3,
}

test('makes a policy and a judge that share a tokenizer, reports each stage, and learns', async () => {
  const stages: string[] = []
  const losses: number[] = []
  const corpus = taskCorpus(taskOf('nested-arithmetic'), 0)
  const made = await prepare(corpus, folder, plan, {
    start: (stage, total) => stages.push(`${stage} ${total}`),
    update: (_, note) => {
      if (stages.length === 1) losses.push(Number(note.replace('loss ', '')))
    },
    end: () => {},
  })
  expect(stages).toEqual([
    'warm start 30',
    'slips 5',
    'own rollouts 100',
    'reward model, round 1 of 2 10',
    'own rollouts 100',
    'reward model, round 2 of 2 10',
  ])
  expect(losses).toHaveLength(30)
  expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!)
  expect((await readConfig(made.prm)).head).toBe('token-classification')
  expect((await loadTokenizer(made.prm)).vocabSize).toBe((await loadTokenizer(made.base)).vocabSize)
  const judge = await openOnnxEngine(made.prm, { threads: 1 })
  const [logits] = await judge.classify([Int32Array.of(2, 3, 4)])
  expect(logits).toHaveLength(6)
  await judge.close()
})

test('solutions that are all too long are an error, not a wait without end', async () => {
  const corpus = taskCorpus(taskOf('nested-arithmetic'), 0)
  const silent = { start: () => {}, update: () => {}, end: () => {} }
  const made = prepare(corpus, join(folder, 'short'), { ...plan, maxTokens: 3 }, silent)
  await expect(made).rejects.toThrow('no worked solution has at most 3 tokens; raise --max-tokens')
})
