// A small model that answers questions on a goal from what was done: a word of the goal is masked, and a softmax over the words of
// what was done, and over no answer, points at what it was. What it looks at is how alike the two places are.

import { below, type Random } from '../numbers/random.ts'

/** A goal whose word at `at` is masked. */
export interface GoalQuestion {
  readonly goal: readonly string[]
  readonly at: number
}

/** What the model has learned: of each likeness what it weighs, and last what no answer does, alone and by how foreign the goal is. */
export type Answerer = readonly number[]

const offsets = [-2, -1, 1, 2]
const pairs = [
  [-1, 1],
  [-2, -1],
  [1, 2],
] as const
const likenesses = offsets.length + pairs.length + 2 // and of its kind, and whether the goal has it elsewhere
const most = 32 // questions of a goal

/** An answerer that knows nothing: all words are as likely as no answer. */
export const noAnswers: Answerer = Array(likenesses + 2).fill(0)

export function wordsOf(text: string): string[] {
  return text.match(/\d+(?:\.\d+)?|\p{L}+|[^\s\p{L}\d]/gu) ?? []
}

/** A question for each word and number of a goal, not of its signs. */
export function questionsOf(goal: readonly string[]): GoalQuestion[] {
  const places = goal.flatMap((word, at) => (isWord(word) ? [at] : []))
  return places.slice(0, most).map(at => ({ goal, at }))
}

/**
 * How likely each word that was done, and last no answer, is the masked one, for what was done up to each of the given ends. A word
 * that was done twice is as likely as both places are.
 */
export function answersOf(
  answerer: Answerer,
  question: GoalQuestion,
  done: readonly string[],
): { readonly places: readonly number[]; readonly none: number } {
  const logits = done.map((word, i) =>
    isWord(word) ? dot(answerer, likenessOf(question, done, i)) : -Infinity,
  )
  const none = answerer[likenesses]! + answerer[likenesses + 1]! * foreign(question, done)
  const high = Math.max(none, ...logits)
  const weights = logits.map(x => Math.exp(x - high))
  const total = weights.reduce((sum, x) => sum + x, Math.exp(none - high))
  return { places: weights.map(x => x / total), none: Math.exp(none - high) / total }
}

/** How sure the answerer is of the masked word; null where another word, or no answer, is likelier. */
export function sureOf(
  answerer: Answerer,
  question: GoalQuestion,
  done: readonly string[],
): number | null {
  const { places, none } = answersOf(answerer, question, done)
  const words = new Map<string, number>()
  for (const [i, word] of done.entries()) words.set(word, (words.get(word) ?? 0) + places[i]!)
  const gold = words.get(question.goal[question.at]!) ?? 0
  return gold > none && gold >= Math.max(...words.values()) ? gold : null
}

/** What is to be answered: the masked word, or null, no answer, of a question on another goal. */
export interface Lesson {
  readonly question: GoalQuestion
  readonly done: readonly string[]
  readonly answer: string | null
}

/** The loss of a lesson, -log of how likely its answer is, and its slopes. A word that was not done cannot be answered. */
export function lessonLoss(
  answerer: Answerer,
  { question, done, answer }: Lesson,
): { readonly loss: number; readonly slopes: readonly number[] } {
  const { places, none } = answersOf(answerer, question, done)
  const isThere = answer !== null && done.includes(answer)
  const right = done.map((word, i) => (isThere && word === answer ? places[i]! : 0))
  const chance = isThere ? right.reduce((sum, p) => sum + p, 0) : none
  const slopes: number[] = Array(likenesses + 2).fill(0)
  for (const [i, p] of places.entries()) {
    if (p === 0) continue
    const pull = p - right[i]! / chance
    likenessOf(question, done, i).forEach((x, f) => {
      slopes[f]! += pull * x
    })
  }
  slopes[likenesses] = none - (isThere ? 0 : 1)
  slopes[likenesses + 1] = slopes[likenesses] * foreign(question, done)
  return { loss: -Math.log(chance), slopes }
}

/** Steps down the mean loss of lessons drawn from all. */
export function taught(
  answerer: Answerer,
  lessons: readonly Lesson[],
  { updates, rate }: { readonly updates: number; readonly rate: number },
  draw: Random,
): Answerer {
  let now = answerer
  for (let step = 0; step < updates && lessons.length > 0; step++) {
    const { slopes } = lessonLoss(now, lessons[below(draw, lessons.length)]!)
    now = now.map((x, f) => x - rate * slopes[f]!)
  }
  return now
}

/** How alike the place of a word that was done is to that of the mask, a number for each likeness. */
function likenessOf({ goal, at }: GoalQuestion, done: readonly string[], i: number): number[] {
  const same = (by: number): boolean =>
    goal[at + by] !== undefined && goal[at + by] === done[i + by]
  const elsewhere = goal.some((word, j) => j !== at && word === done[i])
  return [
    ...offsets.map(by => Number(same(by))),
    ...pairs.map(([a, b]) => Number(same(a) && same(b))),
    Number(/\d/.test(goal[at]!) === /\d/.test(done[i]!)),
    Number(elsewhere),
  ]
}

/** The share of a goal's other words and numbers that were not done. */
function foreign({ goal, at }: GoalQuestion, done: readonly string[]): number {
  const others = goal.filter((word, i) => i !== at && isWord(word))
  return others.length === 0
    ? 0
    : 1 - others.filter(word => done.includes(word)).length / others.length
}

function isWord(word: string): boolean {
  return /[\p{L}\d]/u.test(word)
}

function dot(a: readonly number[], b: readonly number[]): number {
  return b.reduce((sum, x, i) => sum + x * a[i]!, 0)
}
