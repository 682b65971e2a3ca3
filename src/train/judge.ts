// The judge of a run: what rewards the steps of rollouts, and the same judge asked about written solutions.

import type { Scorer, StepRewards } from '../method.ts'
import { type PrmLayout, showsWholePrompt } from '../prm/layout.ts'
import { headScorer } from '../prm/score/head.ts'
import { askedOf, openScorer } from '../prm/score/open.ts'
import { type FoundModel, openAsked } from '../prm/score/open-asked.ts'
import { rolloutRewards } from '../prm/score/rollout-rewards.ts'
import type { ModelSpec, ScorerSpec } from '../prm/score/spec.ts'
import type { StepScorer } from '../prm/score/step-scorer.ts'
import { questionOf } from '../problems/prompt.ts'
import { stepScores } from '../rewards/step-scores.ts'
import { type Boundary, blankLines } from '../rollouts/boundary.ts'
import { sameVocabulary } from '../tokenizer/load.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Problem } from '../types.ts'

export interface RunJudge {
  readonly kind: ScorerSpec['kind']
  readonly rewards: Scorer<StepRewards>
  readonly scorer: StepScorer // closing it closes all
  readonly positions: number // tokens of a prompt and a rollout that it reads; no limit where it reads texts
  readonly costly: boolean // asked over a network: what is only to be known of it is asked of less
}

/**
 * Opens a judge. One that was trained on the policy's own tokens, laid out as the policy samples them, reads these; any
 * other, and each where steps are not closed by blank lines, reads the steps as texts: in windows where they are too long,
 * separators in them kept.
 */
export async function openJudge(
  spec: ScorerSpec,
  policy: { readonly folder: string; readonly tokenizer: Tokenizer },
  say: (line: string) => void = () => {},
  boundary: Boundary = blankLines,
): Promise<RunJudge> {
  if (spec.kind !== 'model') {
    const costly = spec.kind === 'judge'
    return ofTexts(spec.kind, await openScorer(spec, say), costly ? bare : undefined, costly)
  }
  const model: ModelSpec = { ...spec, tokenizer: spec.tokenizer ?? policy.folder }
  const found = await askedOf(model)
  const { layout, tokens } = found
  if (onRollouts(layout) && sameVocabulary(tokens.tokenizer, policy.tokenizer)) {
    if (boundary.name === blankLines.name) return ofTokens(model, found, say)
    say(
      `${model.folder} learned on steps that blank lines close; it is shown those that are closed by ${JSON.stringify(boundary.name)} as if they were such`,
    )
  }
  const { long = 'windows', separators = 'keep' } = model
  const scorer = await openScorer({ ...model, long, separators }, say)
  return ofTexts('model', scorer, showsWholePrompt(layout) ? undefined : bare)
}

async function ofTokens(
  model: ModelSpec,
  found: FoundModel,
  say: (line: string) => void,
): Promise<RunJudge> {
  const { layout, tokens } = found
  const { score } = layout
  if (score.head !== 'classes') throw new TypeError(`ofTokens: a layout of ${score.head}`)
  const { engine } = await openAsked(model, found, say)
  return {
    kind: 'model',
    rewards: stepScores(engine, score.formula),
    scorer: headScorer({ engine, tokens }, layout, { name: model.folder }),
    positions: engine.info.maxPositions,
    costly: false,
  }
}

function ofTexts(
  kind: ScorerSpec['kind'],
  scorer: StepScorer,
  asked: ((problem: Problem) => Problem) | undefined,
  costly = false,
): RunJudge {
  const rewards = rolloutRewards(scorer, asked && { asked })
  return { kind, rewards, scorer, positions: Number.POSITIVE_INFINITY, costly }
}

/** Whether a layout makes of a solution the tokens that a policy samples, and reads a head where its steps close. */
function onRollouts({ step, encoding, read, score, ...layout }: PrmLayout): boolean {
  const { before, mark, between, last } = step
  return (
    score.head === 'classes' &&
    score.doubt === undefined &&
    showsWholePrompt(layout) &&
    [before, mark, between, last, encoding, read].join('|') === '|\n\n||end|prompt-apart|mark'
  )
}

/** The problem without what surrounds it for the policy. */
function bare(problem: Problem): Problem {
  return { ...problem, prompt: questionOf(problem) }
}
