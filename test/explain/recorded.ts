import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { iterate } from '../../src/iterate.ts'
import { type Needs, type Recipe, resolve } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { keptRollouts } from '../../src/runs/recall.ts'
import { decodeRollouts, encodeRollouts, rolloutRows } from '../../src/runs/rollout-table.ts'
import { createRun } from '../../src/runs/writer.ts'
import { computedGroups } from '../../src/train/iteration.ts'
import type { Problem } from '../../src/types.ts'
import { problems, toyMore, toyNeeds, toyPolicy } from '../toy.ts'

/** Rewards that differ within a group. */
const judged: Pick<Needs, 'grade' | 'scoreSteps'> = {
  grade: async groups =>
    groups.map(({ rollouts }, p) => ({ outcome_G: rollouts.map((_, g) => (p + g) % 2) })),
  scoreSteps: async groups =>
    groups.map(({ rollouts }) => ({
      steps_G_S: rollouts.map(({ steps }, g) =>
        Float32Array.from(steps, (_, s) => ((3 * g + s) % 5) / 2 - 1),
      ),
    })),
}

/** The first iteration of a recipe on the toy policy, as a run records it. */
export async function recorded(recipe: Recipe) {
  const policy = toyPolicy(3)
  const options = resolve(recipe, {})
  const needs = {
    ...toyNeeds(policy, undefined, { ...toyMore(recipe, policy), recall: keptRollouts().recall }),
    ...judged,
  }
  const method = recipe.build(options, needs, {
    iteration: 1,
    iterations: 3,
    seed: 7,
    memory: null,
  })
  const reference = method.loss.needsReference ? await needs.reference() : null
  let drawn = 0
  const draw = (): Problem => problems[drawn++ % problems.length]!
  const asked = method.problems?.(draw, problems.length) ?? problems
  const one = await iterate(method, asked, { policy, reference, learningRate: 0.05 }, 1)
  const rows = await decodeRollouts(encodeRollouts(1, rolloutRows(computedGroups(one))))
  return { options, maxTokens: needs.maxTokens, rows, method }
}

/** A run folder of that iteration: a name of its folder, or a fresh place. */
export async function recordedRun(
  name: string,
  folder = join(mkdtempSync(join(tmpdir(), 'minform-run-')), 'run'),
): Promise<string> {
  const { options, maxTokens, rows } = await recorded(recipes.find(one => one.name === name)!)
  const config = { recipe: name, options, maxTokens, iterations: 3, seed: 7 }
  const run = createRun(folder, config)
  run.rollouts(1, rows)
  run.metrics({ iteration: 1, 'rollouts/accuracy': 0.5, 'rollouts/graded': 8 })
  run.log('warn', 'alarm', { what: 'steps are empty \u001b[31m' })
  run.close()
  return run.folder
}
