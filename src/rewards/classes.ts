import { saidIn } from '../groups/talk.ts'
import type { Outcome, Parts, Scorer } from '../method.ts'
import { lastBox } from '../text/boxes.ts'

export const classForms = ['thinking', 'answer-alone'] as const
export type ClassForm = (typeof classForms)[number]

/**
 * Rewards of a class that is named: `thinking`, 1 for the right one and 1 for a text of the form `<think>...</think>
 * <answer>...</answer>`, or of some words and a box at the end; `answer-alone`, 1 where the whole text is the right one, or its box
 * (arXiv:2503.16188, section 3). Classes are told apart without their case; a grader's outcome above 0.5 is right too.
 */
export function classReward(
  text: string,
  label: string | null,
  form: ClassForm,
  outcome = 0,
): number {
  const [whole, answer] = [text.trim(), answerIn(text)]
  const right = outcome > 0.5 || same(answer ?? whole, label)
  if (form === 'thinking') return Number(right) + Number(isThought(whole))
  const bare = whole === `\\boxed{${lastBox(whole)}}`
  return Number(same(whole, label) || (bare && right))
}

/** `class`, beside the outcome; null where that is not known. */
export function classes(grade: Scorer<Outcome>, form: ClassForm): Scorer<Outcome & Parts<'class'>> {
  const scorer: Scorer<Outcome & Parts<'class'>> = async (groups, signal) =>
    (await grade(groups, signal)).map(({ outcome_G }, p) => {
      const { problem, rollouts } = groups[p]!
      const found = rollouts.map((rollout, g) => {
        const outcome = outcome_G[g]
        if (outcome == null || Number.isNaN(outcome)) return outcome ?? null
        return classReward(saidIn(rollout), problem.answer, form, outcome)
      })
      return { outcome_G, parts_G: { class: found } }
    })
  return Object.assign(scorer, { begin: grade.begin })
}

function answerIn(text: string): string | null {
  return /<answer>([\s\S]*?)<\/answer>/.exec(text)?.[1]?.trim() ?? lastBox(text)
}

function isThought(whole: string): boolean {
  if (/^<think>[\s\S]*<\/think>\s*<answer>[\s\S]*<\/answer>$/.test(whole)) return true
  const box = `\\boxed{${lastBox(whole)}}`
  return lastBox(whole) !== null && whole.endsWith(box) && whole.length > box.length
}

function same(a: string, b: string | null): boolean {
  return b !== null && a.toLowerCase() === b.trim().toLowerCase()
}
