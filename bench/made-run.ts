// Runs as training writes them, of rollouts that were never sampled: tokens by chance, rewards by chance, and what the stages of
// pure-prm-vr make of them.

import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Rewards } from '../src/method.ts'
import { carriedModels } from '../src/model-source/carried-models.ts'
import { type Random, random } from '../src/numbers/random.ts'
import { resolve } from '../src/recipe.ts'
import purePrmVr from '../src/recipes/pure-prm-vr.ts'
import { type RolloutRow, rolloutRows } from '../src/runs/rollout-table.ts'
import { createRun } from '../src/runs/writer.ts'
import { loadTokenizer } from '../src/tokenizer/load.ts'
import { lookedAt } from '../src/train/looked-at.ts'
import type { Group, Rollout } from '../src/types.ts'

/** How large a made run is. */
export interface MadeSize {
  readonly iterations: number
  readonly groups: number // of an iteration
  readonly rollouts: number // of a group
  readonly tokens: number // of a rollout at most; half of them at least
}

const distinct = 10 // iterations, which come in turn
const perStep = 20 // tokens

/** Writes a run, and the tokenizer of the carried policy as that of its last checkpoint. */
export async function makeRun(folder: string, size: MadeSize): Promise<void> {
  const { iterations, tokens } = size
  const options = resolve(purePrmVr)
  const run = createRun(folder, {
    ...{ format: 2, recipe: 'pure-prm-vr', options, maxTokens: tokens, iterations, seed: 1 },
  })
  const made: RolloutRow[][] = []
  for (let i = 0; i < Math.min(distinct, iterations); i++) made.push(await iterationOf(size, i))
  for (let iteration = 1; iteration <= iterations; iteration++) {
    run.rollouts(iteration, made[iteration % made.length]!)
    run.metrics({ iteration, ...metricsOf(iteration) })
  }
  const checkpoint = run.checkpointFolder(iterations)
  mkdirSync(checkpoint, { recursive: true })
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'config.json'])
    copyFileSync(join(fileURLToPath(`file://${carriedModels.base}`), name), join(checkpoint, name))
  run.close()
}

async function iterationOf({ groups, rollouts, tokens }: MadeSize, i: number) {
  const tokenizer = await loadTokenizer(carriedModels.base)
  const draw = random(i, 'made run')
  const groups_P = Array.from({ length: groups }, (_, p): Group => {
    const prompt = `Problem ${p}: what is ${Math.floor(1000 * draw())} + ${Math.floor(1000 * draw())}?`
    return {
      problem: { id: `made:${p}`, prompt, answer: '1', solution: null, meta: {} },
      rollouts: Array.from({ length: rollouts }, () =>
        rolloutOf(draw, tokens, ids => tokenizer.pieces(ids)),
      ),
    }
  })
  const rewards_P = groups_P.map(
    ({ rollouts }): Rewards => ({
      outcome_G: rollouts.map(() => Number(draw() < 0.5)),
      steps_G_S: rollouts.map(({ steps }) => Float32Array.from(steps, () => 2 * draw() - 1)),
      logRatios_G_T: rollouts.map(({ ids }) => Float32Array.from(ids, () => 0.1 * draw())),
    }),
  )
  const method = lookedAt(purePrmVr, resolve(purePrmVr), tokens)
  const streams_P = groups_P.map((group, p) => method.credit(group, rewards_P[p]!))
  const { advantages_P_G_T } = method.advantages({ groups_P, rewards_P, streams_P })
  return rolloutRows(
    groups_P.map((group, p) => ({
      group,
      rewards: rewards_P[p]!,
      streams: streams_P[p]!,
      advantages_G_T: advantages_P_G_T[p]!,
      learned_G: group.rollouts.map(() => true),
    })),
  )
}

function rolloutOf(
  draw: Random,
  most: number,
  pieces: (ids: Int32Array) => readonly string[],
): Rollout {
  const length = Math.ceil(most / 2 + (draw() * most) / 2)
  const ids = Int32Array.from({ length }, () => 10 + Math.floor(draw() * 20))
  const spelled = pieces(ids)
  const steps = Array.from({ length: Math.ceil(length / perStep) }, (_, s) => {
    const [start, end] = [s * perStep, Math.min(length, (s + 1) * perStep)]
    return { start, end, text: spelled.slice(start, end).join(''), state: 'complete' as const }
  })
  const logprobs_T = Float32Array.from(ids, () => Math.log(1 - draw()))
  return {
    ...{ promptIds: ids.slice(0, 30), ids, logprobs_T, steps, text: spelled.join('') },
    sampledLogprobs_T: logprobs_T.map(x => x + 0.001),
    ...{ stop: 'stop', weightVersion: 0, branch: null },
    spans: [{ start: 0, end: length, role: 'policy' }],
  }
}

/** As many numbers as a run has, in an order of magnitude that curves can be drawn of. */
function metricsOf(iteration: number): Record<string, number> {
  const names = ['rollouts/accuracy', 'rewards/process_mean', 'update/kl', 'rollouts/tokens_mean']
  const others = Array.from({ length: 46 }, (_, i) => `update/made_${i}`)
  return Object.fromEntries([...names, ...others].map((n, i) => [n, Math.sin(iteration / 50 + i)]))
}
