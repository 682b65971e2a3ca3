// The shapes of answers that collect reward without solving anything (PURE, arXiv:2504.15275, section 5 and appendix D).
// Each is a small question about one rollout. None is a proof: a short right answer can look like one, so a run compares
// how often they come with how often they came at its start.

import { lastBox } from '../text/boxes.ts'
import type { Rollout } from '../types.ts'
import { repetitionOf } from './repetition.ts'

/** A rollout, and what it was rewarded with; null where there is no label or no judge. */
export interface Rewarded {
  readonly rollout: Pick<Rollout, 'text' | 'steps' | 'stop' | 'ids'>
  readonly outcome: number | null
  readonly steps_S: Float32Array | null
}

export const patternNames = [
  'empty-answer',
  'giant-step',
  'plan-without-solving',
  'repetition',
  'truncated-rewarded',
] as const
export type PatternName = (typeof patternNames)[number]

/** Above this repetition is high (arXiv:2504.15275, section 5.2). */
export const highRepetition = 0.2
/** In a shorter text a few equal characters are a high score: `7+7=14, so 14` has 0.13. */
const repetitionFrom = 32 // characters

/** How long a step may be. */
export interface PatternLimits {
  readonly giantStep: number // tokens
}

/** Whether a rollout shows a pattern. */
export function shows(name: PatternName, rewarded: Rewarded, limits: PatternLimits): boolean {
  const { rollout } = rewarded
  switch (name) {
    case 'empty-answer':
      return emptyAnswer(rollout)
    case 'giant-step':
      return giantStep(rollout, limits.giantStep)
    case 'plan-without-solving':
      return planWithoutSolving(rollout)
    case 'repetition':
      return repetitive(rollout)
    case 'truncated-rewarded':
      return truncatedRewarded(rewarded)
  }
}

/** At most one step, and neither a number nor a box in it: nothing, or `Thank you.` (the paper's zero step). */
export function emptyAnswer({ text, steps }: Rewarded['rollout']): boolean {
  return said(steps).length <= 1 && !/\d/.test(text) && lastBox(text) === null
}

/** A step of more than `tokens` tokens: a judge of steps never saw one as long (the paper's one giant step). */
export function giantStep({ steps }: Rewarded['rollout'], tokens: number): boolean {
  return steps.some(({ start, end }) => end - start > tokens)
}

/** Two steps or more and no box, where no step has a number or none has an equation with one (only thinking). */
export function planWithoutSolving({ text, steps }: Rewarded['rollout']): boolean {
  const texts = said(steps)
  if (texts.length < 2 || lastBox(text) !== null) return false
  return !texts.some(step => /\d/.test(step)) || !texts.some(isEquation)
}

/** A repetition score above 0.2, of a text that is long enough to tell. */
export function repetitive(rollout: Rewarded['rollout']): boolean {
  return rollout.text.length >= repetitionFrom && repetitionOf(rollout) > highRepetition
}

/**
 * Cut off at the length limit, and still rewarded: right by the grader, or, where there is no label, no step judged wrong.
 * The collapse of PURE's PRM+VR run began in the iteration in which the first such answers came.
 */
export function truncatedRewarded({ rollout, outcome, steps_S }: Rewarded): boolean {
  if (rollout.stop !== 'length') return false
  if (outcome !== null) return outcome > 0
  return steps_S !== null && steps_S.length > 0 && steps_S.every(score => score > 0)
}

/** Texts of the steps that say something. */
function said(steps: Rewarded['rollout']['steps']): string[] {
  return steps.map(({ text }) => text.trim()).filter(text => text !== '')
}

/** An equals sign with a number on either side of it, in one line. */
function isEquation(step: string): boolean {
  return /\d[^\n]*=|=[^\n]*\d/.test(step)
}
