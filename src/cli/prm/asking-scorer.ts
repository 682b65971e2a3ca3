// The scorer that flags name. A file may hold questions alone, where a reward model that learned on a policy's own tokens
// reads prompts: it is shown them as the flags say, or as the policy was asked that it learned from.

import { ConfigError } from '../../errors.ts'
import { hasWholePrompt } from '../../prm/formats/index.ts'
import { showsWholePrompt } from '../../prm/layout.ts'
import { askedOf, openScorer } from '../../prm/score/open.ts'
import type { ScorerSpec } from '../../prm/score/spec.ts'
import type { StepScorer } from '../../prm/score/step-scorer.ts'
import type { Solution } from '../../prm/solution.ts'
import { asked, type Prompt, textFrame } from '../../problems/prompt.ts'
import { promptOf, saysNothing, storedPrompt } from '../../train/prompting.ts'
import type { Given } from '../flags.ts'
import { say } from '../io.ts'
import { askedModel } from '../model.ts'
import { scorerHere } from '../named-model.ts'
import { wishOf } from '../training/prompt.ts'
import { scorerSpec } from './scorer-flags.ts'

/** Opens the scorer that flags name. `frame`: the plain one of problems that are asked in any case. */
export async function openAskingScorer(
  args: Given,
  frame: string | null = null,
): Promise<StepScorer> {
  const spec = await scorerHere(scorerSpec(args))
  const prompt = await promptFor(spec, args, frame)
  const scorer = await openScorer(spec, say)
  if (prompt === null) return scorer
  const score: StepScorer['score'] = (solutions, signal) =>
    scorer.score(
      solutions.map(one => askedAlone(one, prompt)),
      signal,
    )
  return { ...scorer, score }
}

/** The solution with its problem asked, where its file holds the question alone. */
export function askedAlone<S extends Solution>(solution: S, prompt: Prompt): S {
  const { problem } = solution
  if (hasWholePrompt(solution)) return solution
  return { ...solution, problem: asked(problem, prompt) }
}

async function promptFor(
  spec: ScorerSpec,
  args: Given,
  frame: string | null,
): Promise<Prompt | null> {
  const wish = wishOf(args)
  const reads = spec.kind === 'model' && showsWholePrompt((await askedOf(spec)).layout)
  if (!reads) {
    if (saysNothing(wish)) return null
    throw new ConfigError(
      '--template, --system and --instruction: this judge is shown questions alone',
    )
  }
  const stored = await storedPrompt(spec.folder)
  if (saysNothing(wish) && stored === null && frame === null) return null
  const template = wish.template ?? (saysNothing(wish) && stored === null ? 'plain' : null)
  return promptOf(
    { ...wish, template },
    await askedModel(spec.folder, spec.served === undefined),
    frame ?? textFrame,
  )
}
