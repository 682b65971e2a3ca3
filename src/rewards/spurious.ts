// Rewards that tell little of answers, or the wrong thing: what learns from them nonetheless was not taught by them.

import { ConfigError } from '../errors.ts'
import { saidIn } from '../groups/talk.ts'
import type { Outcome, Parts, Scorer } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { lastBox } from '../text/boxes.ts'
import type { Group } from '../types.ts'
import { highRepetition } from './patterns.ts'
import { repetitionOf } from './repetition.ts'

export const spuriousNames = [
  'random', // 1 with chance one half
  'format', // 1 with a box that holds something
  'word', // 1 where the text holds a word
  'terse', // 1 where nothing is said again and again
  'inverse', // 1 where the answer is wrong
  'majority', // 1 for the answer that most of the group give
  'wrong-majority', // the same in groups whose majority is wrong, nothing is known in others
] as const
export type SpuriousName = (typeof spuriousNames)[number]

/** The names of a reward such as `format+random`, which is 1 where all of its parts are; a ConfigError for an unknown one. */
export function spuriousParts(reward: string): readonly SpuriousName[] {
  const names = reward.split('+') as SpuriousName[]
  const unknown = names.find(name => !spuriousNames.includes(name))
  if (unknown === undefined) return names
  throw new ConfigError(
    `'${unknown}' is no reward; name one of ${spuriousNames.join(', ')}, or several with + between`,
  )
}

/**
 * Outcomes, and beside them `code`, whether an answer reasons in code, and `control`, the product of the named rewards, each 0 or 1
 * (arXiv:2506.10947, section 2 and its code); null where one of them is not known.
 */
export function spurious(
  grade: Scorer<Outcome>,
  names: readonly SpuriousName[],
  { word, seed }: { readonly word: string; readonly seed: number },
): Scorer<Outcome & Parts<'control' | 'code'>> {
  const scorer: Scorer<Outcome & Parts<'control' | 'code'>> = async (groups, signal) => {
    const rewards_P = await grade(groups, signal)
    return rewards_P.map((rewards, p) => {
      const columns = names.map(name => valuesOf[name](groups[p]!, rewards, { word, seed, p }))
      const control = rewards.outcome_G.map((_, g) =>
        columns.reduce((all: number | null, x_G) => times(all, x_G[g]!), 1),
      )
      const code = groups[p]!.rollouts.map(one => Number(/python/i.test(saidIn(one))))
      return { ...rewards, parts_G: { control, code } }
    })
  }
  return Object.assign(scorer, { begin: grade.begin })
}

function times(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b
}

type Values = (
  group: Group,
  rewards: Outcome,
  at: { readonly word: string; readonly seed: number; readonly p: number },
) => readonly (number | null)[]

const valuesOf: Readonly<Record<SpuriousName, Values>> = {
  random: ({ rollouts }, _, { seed, p }) =>
    rollouts.map((_, g) => Number(hashSeed(seed, 'spurious', p, g) < 2 ** 31)),
  format: ({ rollouts }) => rollouts.map(one => Number(boxed(saidIn(one)) !== null)),
  word: ({ rollouts }, _, { word }) => rollouts.map(one => Number(saidIn(one).includes(word))),
  terse: ({ rollouts }) =>
    rollouts.map(one => Number(repetitionOf({ text: saidIn(one) }) <= highRepetition)),
  inverse: (_, { outcome_G }) => outcome_G.map(outcome => (outcome === null ? null : 1 - outcome)),
  majority: group => agreeing(group),
  'wrong-majority': (group, { outcome_G }) => {
    const agreeing_G = agreeing(group)
    const wrong = agreeing_G.some(
      (x, g) => x === 1 && outcome_G[g] !== null && outcome_G[g]! <= 0.5,
    )
    return wrong ? agreeing_G : agreeing_G.map(() => null)
  },
}

/** 1 for the boxed text that most rollouts of a group have, the first of equals; null where nobody has one. */
function agreeing({ rollouts }: Group): (number | null)[] {
  const answers = rollouts.map(one => boxed(saidIn(one)))
  const count = (answer: string): number => answers.filter(other => other === answer).length
  const known = answers.filter(answer => answer !== null)
  if (known.length === 0) return answers.map(() => null)
  const most = known.reduce((best, answer) => (count(answer) > count(best) ? answer : best))
  return answers.map(answer => Number(answer === most))
}

function boxed(text: string): string | null {
  return lastBox(text)?.trim() || null
}
