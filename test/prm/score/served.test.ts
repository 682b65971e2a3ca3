// Judges that a server holds score as they do here: everything but the computation is the same.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type OnnxEngine, openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { ConfigError, VerifierError } from '../../../src/errors.ts'
import { layoutEntry, minformLayout, type PrmLayout } from '../../../src/prm/layout.ts'
import { conventionOf } from '../../../src/prm/score/conventions.ts'
import { openScorer } from '../../../src/prm/score/open.ts'
import { selfTest } from '../../../src/prm/score/self-test.ts'
import type { ServedSpec } from '../../../src/prm/score/spec.ts'
import { loadTokenizer } from '../../../src/tokenizer/load.ts'
import { fixture } from '../../cli/commands.ts'
import {
  type ModelServer,
  type ModelServerOptions,
  modelServer,
} from '../../engine/served/model-server.ts'
import { solutionOf } from '../solutions.ts'

const tokenizer = await loadTokenizer(fixture('qwen2-prm')) // of every model here
const root = mkdtempSync(join(tmpdir(), 'minform-served-'))
const servers: ModelServer[] = []
const engines = new Map<string, Promise<OnnxEngine>>()
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
afterAll(async () => {
  for (const engine of engines.values()) await (await engine).close()
  rmSync(root, { recursive: true })
})

async function serve(name: string, options?: ModelServerOptions): Promise<ModelServer> {
  const known = engines.get(name) ?? openOnnxEngine(fixture(name), { threads: 1 })
  engines.set(name, known)
  const server = await modelServer(await known, tokenizer, options)
  servers.push(server)
  return server
}

/** What is here of a model that is served: all but its weights, and how it is asked. */
function here(name: string, layout: PrmLayout, weights = false): string {
  const to = mkdtempSync(join(root, `${name}-`))
  const wanted = (file: string): boolean => weights || !file.endsWith('.safetensors')
  for (const file of readdirSync(fixture(name)).filter(wanted))
    cpSync(join(fixture(name), file), join(to, file))
  const config = JSON.parse(readFileSync(join(to, 'config.json'), 'utf8'))
  writeFileSync(join(to, 'config.json'), JSON.stringify({ ...config, ...layoutEntry(layout) }))
  return to
}

const solutions = [
  solutionOf('Two plus two?', ['2 + 2 = 4.', 'So 4.'], 'a'),
  solutionOf('Three?', ['1 + 2 is 3, I think.'], 'b'),
  solutionOf('What is (3 + 4) * 2?', ['3 + 4 = 7.', '7 * 2 = 14.', 'The answer is 14.'], 'c'),
]
const marked: PrmLayout = {
  ...conventionOf('math-shepherd'),
  step: { before: '', mark: '\n\n', between: '', last: 'mark' },
  encoding: 'parts',
}
const ratio: PrmLayout = { ...minformLayout, score: { head: 'ratio', beta: 0.5, of: 'so-far' } }
const tagged: PrmLayout = {
  ...conventionOf('qwen-math-prm'),
  prompt: { form: 'text', before: '', after: '\n', bos: false },
}
const [line, extra] = ['\n', '<extra_0>'].map(mark => tokenizer.encode(mark)[0]!)

async function score(name: string, layout: PrmLayout, served?: ServedSpec, reference?: string) {
  const folder = here(name, layout, served === undefined)
  const other = reference && { reference: served ? here(reference, layout) : fixture(reference) }
  const scorer = await openScorer({
    kind: 'model',
    folder,
    threads: 1,
    ...other,
    ...(served && { served }),
  })
  try {
    return { rows: await scorer.score(solutions), checks: await selfTest(scorer) }
  } finally {
    await scorer.close()
  }
}

describe('the scores of a convention are those of a model that is opened here', () => {
  test.each<[string, string, PrmLayout, ModelServerOptions]>([
    ['a head at every token', 'qwen2-prm', conventionOf('trl'), {}],
    ['a head at line ends', 'qwen2-prm', conventionOf('trl'), { stepTag: line! }],
    ['a head at a token of its own', 'qwen2-prm', tagged, { stepTag: extra! }],
    ['a head on what the policy samples', 'qwen2-prm', minformLayout, {}],
    ['labels in turns of a chat', 'qwen2', conventionOf('rlhflow'), {}],
    ['labels after marks', 'qwen2', marked, {}],
    ['labels in turns, by scores of prompts', 'qwen2', conventionOf('rlhflow'), { tells: false }],
    ['labels after marks, by scores of prompts', 'qwen2', marked, { tells: false }],
  ])('%s', async (_, name, layout, options) => {
    const { url } = await serve(name, options)
    const [remote, local] = [await score(name, layout, { url }), await score(name, layout)]
    expect(remote.rows.map(row => row.length)).toEqual([2, 1, 3])
    remote.rows.flat().forEach((value, i) => {
      expect(Math.abs(value! - local.rows.flat()[i]!)).toBeLessThan(1e-5)
    })
    const passed = remote.checks.filter(one => one.passed).map(({ check }) => check)
    expect(passed).toEqual(expect.arrayContaining(['answers', 'repeatable', 'order-free']))
  })

  test('a ratio of two models, each on its server', async () => {
    const [judge, base] = [
      await serve('qwen2'),
      await serve('qwen2-bf16-sharded', { name: 'base' }),
    ]
    const served = { url: judge.url, referenceUrl: base.url }
    const remote = await score('qwen2', ratio, served, 'qwen2-bf16-sharded')
    const local = await score('qwen2', ratio, undefined, 'qwen2-bf16-sharded')
    expect(local.rows.flat().every(value => Math.abs(value!) > 1e-3)).toBe(true)
    remote.rows.flat().forEach((value, i) => {
      expect(Math.abs(value! - local.rows.flat()[i]!)).toBeLessThan(1e-5)
    })
    const alone = score('qwen2', ratio, { url: judge.url }, 'qwen2-bf16-sharded')
    await expect(alone).rejects.toThrow(ConfigError)
    await expect(alone).rejects.toThrow('with --prm-reference-url')
  })
})

test('a family that is not computed here, of weights that are not read here, is asked all the same', async () => {
  const { url } = await serve('qwen2-prm')
  const folder = here('qwen2-prm', conventionOf('trl'))
  const file = join(folder, 'config.json')
  const { rows } = await score('qwen2-prm', conventionOf('trl'))
  const strange = { architectures: ['GemmaForTokenClassification'], quantization_config: {} }
  const write = (keys: object): void =>
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...keys }))
  write(strange)
  const scorer = await openScorer({ kind: 'model', folder, served: { url } })
  const found = await scorer.score(solutions)
  found.flat().forEach((value, i) => {
    expect(Math.abs(value! - rows.flat()[i]!)).toBeLessThan(1e-5)
  })
  write({ architectures: ['T5Model'] })
  const refused = openScorer({ kind: 'model', folder, served: { url } })
  await expect(refused).rejects.toThrow('T5Model is neither a language model nor a classifier')
})

test('separators are not enough for a layout that closes with another token', async () => {
  const { url } = await serve('qwen2-prm', { stepTag: line! })
  await expect(score('qwen2-prm', minformLayout, { url })).rejects.toThrow('expected one row each')
})

test('a score of a step whose separator the server does not know is missed', async () => {
  const { url } = await serve('qwen2-prm', { stepTag: line! })
  const fused: PrmLayout = { ...conventionOf('trl'), encoding: 'whole' }
  const asked = score('qwen2-prm', fused, { url })
  await expect(asked).rejects.toThrow(VerifierError)
  await expect(asked).rejects.toThrow('has the score NaN')
})

test('a solution that the server cannot read is refused before it is asked', async () => {
  const { url } = await serve('qwen2-prm', { maxLength: 20 })
  await expect(score('qwen2-prm', conventionOf('trl'), { url })).rejects.toThrow(
    /the model reads 20/,
  )
})
