import { saidIn } from '../groups/talk.ts'
import type { Outcome, Parts, Scorer, StepRewards } from '../method.ts'

/** Phrases of planning, of checking, and of cause. */
const phrases = [
  ...['first', 'second', 'next', 'then', 'finally', 'we need to', 'we have to', 'let me', "let's"],
  ...['to begin', 'step by step', 'the goal', 'in order to', 'the plan', 'suppose', 'assume'],
  ...['wait', 'check', 'verify', 'make sure', 'double-check', 'again', 'however', 'alternatively'],
  ...['on the other hand', 'mistake', 'that is not', 'correct', 'confirm', 'in other words'],
  ...['because', 'since', 'therefore', 'thus', 'hence', 'so that', 'it follows', 'which means'],
  ...['this implies', 'as a result', 'if', 'given that'],
]
const enough = 20 // different phrases for the whole reward, and words of a sequence that may not come again

/**
 * How much a text sounds like reasoning, in [0, 1]: the different phrases of planning, checking and cause in it, 20 being all,
 * less the share of its sequences of 20 words that have come before, and 1 for every turn of the user's that it makes up
 * (arXiv:2505.22653, section 4).
 */
export function reasoningPatterns(text: string): number {
  const lower = text.toLowerCase()
  const words = lower.split(/\s+/).filter(word => word !== '')
  const found = phrases.filter(phrase => new RegExp(`\\b${phrase}\\b`).test(lower)).length
  const leaked = lower.split('user: ').length - 1
  return Math.max(0, Math.min(1, found / enough) - repeated(words) - leaked)
}

/** The share of sequences of 20 words that are there before; 0 of a text without one. */
function repeated(words: readonly string[]): number {
  const sequences = words.slice(enough - 1).map((_, i) => words.slice(i, i + enough).join(' '))
  return sequences.length === 0 ? 0 : 1 - new Set(sequences).size / sequences.length
}

/**
 * Outcomes, the part `patterns`, and the part `calibrated`: a score below 1/2 has weight * patterns added, up to 1 (arXiv:2505.22653,
 * section 5). The score is the part `score` where there is one, else the outcome; null where that is not known.
 */
export function calibrated(
  scorer: Scorer<Outcome & Partial<Parts<'score'>>>,
  weight: number,
): Scorer<Outcome & Parts<'patterns' | 'calibrated'>> {
  const added: Scorer<Outcome & Parts<'patterns' | 'calibrated'>> = async (groups, signal) => {
    const rewards_P = await scorer(groups, signal)
    return rewards_P.map((rewards, p) => {
      const patterns = groups[p]!.rollouts.map(rollout => reasoningPatterns(saidIn(rollout)))
      const calibrated = (rewards.parts_G?.score ?? rewards.outcome_G).map((score, g) =>
        score === null || !(score < 0.5) ? score : Math.min(1, score + weight * patterns[g]!),
      )
      return { ...rewards, parts_G: { ...rewards.parts_G, patterns, calibrated } }
    })
  }
  return Object.assign(added, { begin: scorer.begin })
}

/** The part `score`: a judge's score of the last step, [-1, 1] laid out on [0, 1], as a reward model scores a whole answer. */
export function wholeScore(scoreSteps: Scorer<StepRewards>): Scorer<Parts<'score'>> {
  const scorer: Scorer<Parts<'score'>> = async (groups, signal) =>
    (await scoreSteps(groups, signal)).map(({ steps_G_S }) => ({
      parts_G: {
        score: steps_G_S.map(scores_S => {
          const last = scores_S?.at(-1)
          return last === undefined ? null : (1 + last) / 2
        }),
      },
    }))
  return Object.assign(scorer, { begin: scoreSteps.begin })
}
