import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configFiles, configOf } from '../../../src/engine/hf/config-file.ts'
import { parameterCount } from '../../../src/engine/hf/parameters.ts'

const folder = new URL('../../fixtures/configs', import.meta.url).pathname
const files = readdirSync(folder).filter(name => name.endsWith('.json'))

/** How many parameters the models have by their publishers' files: those that were stored, a tied head once. */
const published: Readonly<Record<string, number>> = {
  'Llama-3.1-8B-Instruct': 8_030_261_248,
  'Llama-3.2-1B-Instruct': 1_235_814_400,
  'Mistral-7B-Instruct-v0.3': 7_248_023_552,
  'Mistral-7B-v0.1': 7_241_732_096,
  'Mistral-Nemo-Instruct-2407': 12_247_782_400,
  'Qwen2.5-0.5B-Instruct': 494_032_768,
  'Qwen2.5-7B-Instruct-yarn': 7_615_616_512,
  'Qwen2.5-Math-1.5B': 1_543_714_304,
  // Of Qwen2.5-7B without its head, with one of a hidden layer and two classes.
  'Qwen2.5-Math-PRM-7B': 7_615_616_512 - 152_064 * 3584 + (3584 * 3584 + 3584) + (2 * 3584 + 2),
  'Qwen3-0.6B': 596_049_920,
  'SmolLM2-135M-Instruct': 134_515_008,
  'SmolLM3-3B': 3_075_098_624,
}

const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'))

test.each(files)('%s has as many parameters as were published', file => {
  const config = configOf(file, read(file))
  expect(parameterCount(config)).toBe(published[file.replace('.json', '')])
})

test.each(files)('%s reads back the same from what is written of it', file => {
  const config = configOf(file, read(file))
  const written = configFiles(config, 'bfloat16')
  const again = configOf(
    file,
    written['config.json'],
    'generation',
    written['generation_config.json'],
  )
  expect({ ...again, generation: {} }).toEqual({ ...config, generation: {} })
})

test('windows, layers without positions and stretched positions', () => {
  const config = (name: string) => configOf(name, read(`${name}.json`))
  const all = Array.from({ length: 32 }, (_, layer) => layer)
  expect(config('Mistral-7B-v0.1')).toMatchObject({ window: 4096, slidingLayers: all })
  for (const name of ['Mistral-7B-Instruct-v0.3', 'Qwen2.5-0.5B-Instruct', 'Llama-3.1-8B-Instruct'])
    expect(config(name)).toMatchObject({ window: null, slidingLayers: [], unplacedLayers: [] })
  const third = Array.from({ length: 9 }, (_, i) => 4 * i + 3)
  expect(config('SmolLM3-3B')).toMatchObject({ unplacedLayers: third, tied: true, window: null })
  expect(config('Mistral-Nemo-Instruct-2407').headDim).toBe(128)
  expect(config('Qwen2.5-7B-Instruct-yarn').rope).toEqual({
    kind: 'yarn',
    theta: 1e6,
    factor: 4,
    attentionFactor: 0.1 * Math.log(4) + 1,
    betaFast: 32,
    betaSlow: 1,
    truncate: true,
    originalPositions: 32768,
  })
})
