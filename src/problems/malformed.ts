// Malformed solutions: what a policy falls into when its judge has never seen it (empty steps, one
// giant step, plans instead of work). Each says which step is the first bad one, so that a process
// reward model can learn it.

import { below, pick, type Random, shuffled } from '../numbers/random.ts'

export const malformations = [
  'empty-step',
  'merged',
  'shuffled',
  'noise',
  'repeated',
  'cut-off',
  'no-box',
  'plan',
  'off-task',
] as const
export type Malformation = (typeof malformations)[number]

export interface Malformed {
  readonly kind: Malformation
  readonly steps: readonly string[]
  /** Index of the first bad step. For 'no-box' that step is only bad as the last one. */
  readonly firstBad: number
  /** False where the text breaks off without an end token. */
  readonly ended: boolean
}

const plans = [
  'First I will compute the first part.',
  'Then I will compute the rest.',
  'Let me think step by step.',
  'We will solve this problem.',
  'To find the answer, we compute it.',
]
const chatter = [
  'Thank you.',
  'Happy Birthday.',
  'The answer is correct.',
  'Done.',
  'I hope it helps.',
]

type Maker = (steps: readonly string[], random: Random) => Omit<Malformed, 'kind'> | null

const makers: Readonly<Record<Malformation, Maker>> = {
  'empty-step': (steps, random) => {
    const at = below(random, steps.length + 1)
    const blanks = Array<string>(1 + below(random, 3)).fill('')
    return ended([...steps.slice(0, at), ...blanks, ...sometimes(steps.slice(at), random)], at)
  },
  merged: (steps, random) => {
    if (steps.length < 2) return null
    const at = random() < 0.5 ? 0 : below(random, steps.length - 1)
    const end = random() < 0.5 ? steps.length : at + 2 + below(random, steps.length - at - 1)
    const giant = steps.slice(at, end).join(pick(random, [' ', '', ', ', '\n']))
    return ended([...steps.slice(0, at), giant, ...steps.slice(end)], at)
  },
  shuffled: (steps, random) => {
    const mixed = shuffled(random, steps)
    const at = mixed.findIndex((step, i) => step !== steps[i])
    return at < 0 ? null : ended(mixed, at)
  },
  noise: (steps, random) => {
    const at = below(random, steps.length)
    const noise = Array.from({ length: random() < 0.5 ? 1 : 3 }, () => noiseLike(steps, random))
    return ended([...steps.slice(0, at), ...noise, ...sometimes(steps.slice(at + 1), random)], at)
  },
  repeated: (steps, random) => {
    const at = below(random, steps.length)
    const again = Array<string>(1 + below(random, 4)).fill(steps[at])
    const rest = sometimes(steps.slice(at + 1), random)
    return ended([...steps.slice(0, at + 1), ...again, ...rest], at + 1)
  },
  'cut-off': (steps, random) => {
    const at = below(random, steps.length)
    const characters = [...steps[at]]
    if (characters.length < 4) return null
    const length = 1 + below(random, Math.floor(characters.length * 0.7))
    const cut = characters.slice(0, length).join('').trimEnd()
    if (cut === '') return null
    return { steps: [...steps.slice(0, at), cut], firstBad: at, ended: random() < 0.5 }
  },
  'no-box': steps => (steps.length < 2 ? null : ended(steps.slice(0, -1), steps.length - 2)),
  plan: (steps, random) => talk(plans, steps, random),
  'off-task': (steps, random) => talk(chatter, steps, random),
}

/** A solution made malformed in one way; null where that way does not apply to it. */
export function malformed(
  steps: readonly string[],
  kind: Malformation,
  random: Random,
): Malformed | null {
  if (steps.length === 0) throw new RangeError('malformed: a solution of 0 steps')
  const made = makers[kind](steps, random)
  return made === null ? null : { kind, ...made }
}

/** Every sentence that is not of the problem: for a vocabulary that can spell them all. */
export function malformedSentences(): readonly string[] {
  return [...plans, ...chatter]
}

/** Steps that say what to do and do nothing, two to four of them. */
export function onlyPlans(random: Random): readonly string[] {
  return shuffled(random, plans).slice(0, 2 + below(random, 3))
}

/** A sentence that solves nothing, such as `Thank you.`. */
export function onlyChatter(random: Random): string {
  return pick(random, chatter)
}

function ended(steps: readonly string[], firstBad: number): Omit<Malformed, 'kind'> {
  return { steps, firstBad, ended: true }
}

/** The rest of a solution, or nothing: a policy may go on after a bad step, or stop. */
function sometimes(rest: readonly string[], random: Random): readonly string[] {
  return random() < 0.5 ? rest : []
}

function talk(sentences: readonly string[], steps: readonly string[], random: Random) {
  const at = random() < 0.5 ? 0 : below(random, steps.length + 1)
  const said = shuffled(random, sentences).slice(0, 1 + below(random, 3))
  return ended([...steps.slice(0, at), ...said, ...sometimes(steps.slice(at), random)], at)
}

/** Characters of the solution in random order and number. */
function noiseLike(steps: readonly string[], random: Random): string {
  const letters = [...steps.join('')].filter(character => character.trim() !== '')
  if (letters.length === 0) return '?'
  const length = 1 + below(random, 2 * Math.ceil(letters.length / steps.length))
  return Array.from({ length }, () => pick(random, letters)).join('')
}
