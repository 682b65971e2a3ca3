// Critiques to learn from: of those that a writer writes of labelled solutions, those whose every verdict is as labelled
// (ThinkPRM, arXiv:2504.16828, section 3.2).

import type { Engine } from '../../engine/engine.ts'
import { ConfigError, unlessData } from '../../errors.ts'
import { hashSeed } from '../../numbers/random.ts'
import type { ChatMessage } from '../../rewards/remote/chat.ts'
import { agrees, critiqueOf, critiquePrompt } from '../critique.ts'
import { toldOf } from '../label/grounded.ts'
import { judgeMessages, readCritique } from '../score/judge-styles.ts'
import type { LabelledSolution } from '../solution.ts'
import { laidOut } from './examples.ts'
import { learnedLabels } from './labels.ts'
import type { Examples, LeftOut, View } from './methods/method.ts'
import type { TextExample } from './objective.ts'

/** Who writes: the model as it was, the chat model, the same told what a calculator finds, or nobody: labels as they are. */
export const critiqueWriters = ['model', 'chat', 'checked', 'labels'] as const

export interface CritiqueOptions {
  readonly writer: string // of critiqueWriters
  readonly critiques: number // of a solution
  readonly critiqueTokens: number // longer ones are not kept
}

interface Asked {
  readonly solution: LabelledSolution
  readonly labels_S: readonly (number | null)[]
  readonly ids: Int32Array // that a critique follows
}

/** A critique of a solution, as it is learned. */
export interface Critique extends TextExample {
  readonly solution: LabelledSolution
  readonly text: string
}

/** Every critique that agrees with the labels and fits, once; solutions without one are left out and counted. */
export async function keptCritiques(
  solutions: readonly LabelledSolution[],
  view: View,
  options: CritiqueOptions,
  model: Pick<Engine, 'sample'>,
  signal?: AbortSignal,
): Promise<Examples<TextExample>> {
  const labelsOf = (solution: LabelledSolution): (number | null)[] =>
    learnedLabels(solution, { ...view.rule, soft: false })
  const labelled: About = {
    asks: solution => labelsOf(solution).some(label => label !== null),
    otherwise: 'nothing in it is labelled, or a critique has no room',
  }
  const found = await critiquesOf(solutions, view, options, model, labelled, signal)
  const examples = found.examples.filter(({ solution, text }) => {
    const votes_S = readCritique(text, solution.steps.length, 'each-step')
    return votes_S !== null && agrees(votes_S, labelsOf(solution))
  })
  const kept = new Set(examples.map(({ solution }) => solution))
  const lost = [...new Set(found.examples.map(({ solution }) => solution))].filter(
    solution => !kept.has(solution),
  )
  const first = `solution ${lost[0]?.id}: no critique of it says what its labels say`
  const leftOut = lost.length === 0 ? [] : [{ count: lost.length, first }]
  return { examples, leftOut: [...found.leftOut, ...leftOut] }
}

/** Which solutions the writer is asked about, and why it is not about the others. */
export interface About {
  readonly asks: (solution: LabelledSolution) => boolean
  readonly otherwise: string
}

/** What the writer says of the solutions that it is asked about, each text once, those that do not fit left out. */
export async function critiquesOf(
  solutions: readonly LabelledSolution[],
  view: View,
  options: CritiqueOptions,
  model: Pick<Engine, 'sample'>,
  about: About,
  signal?: AbortSignal,
): Promise<Examples<Critique>> {
  const { layout, tokens, positions } = view
  const { tokenizer } = tokens
  const whole: View = { ...view, long: 'leave-out' }
  const make = (solution: LabelledSolution): Asked[] => {
    if (!about.asks(solution)) return []
    const labels_S = learnedLabels(solution, { ...view.rule, soft: false })
    const ids = critiquePrompt(solution, layout, tokens)
    return ids.length < positions ? [{ solution, labels_S, ids }] : []
  }
  const asked = laidOut(solutions, whole, positions, make, about.otherwise)
  const texts = await writtenBy(asked.examples, view, options, model, signal)
  const examples: Critique[] = []
  const without = asked.examples.filter(({ solution, ids }, i) => {
    const fitting = [...new Set(texts[i]!)].flatMap((text): Critique[] => {
      const body = spelled(text)
      if (body === null) return []
      const all = Int32Array.from([...ids, ...body, tokenizer.eosId])
      const fits = body.length < options.critiqueTokens && all.length <= positions
      return fits ? [{ ids: all, from: ids.length, solution, text }] : []
    })
    examples.push(...fitting)
    return fitting.length === 0
  })
  const first = `solution ${without[0]?.solution.id}: no critique of it that ends can be spelled in at most ${options.critiqueTokens} tokens`
  const leftOut: LeftOut[] = without.length === 0 ? [] : [{ count: without.length, first }]
  return { examples, leftOut: [...asked.leftOut, ...leftOut] }

  /** Null where the vocabulary lacks a letter of it. */
  function spelled(text: string): Int32Array | null {
    return unlessData(() => tokenizer.encode(text))
  }
}

/** The texts that the writer has for each solution. */
function writtenBy(
  asked: readonly Asked[],
  view: View,
  options: CritiqueOptions,
  model: Pick<Engine, 'sample'>,
  signal?: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  if (options.writer === 'labels')
    return Promise.resolve(
      asked.map(({ solution, labels_S }) => {
        const text = critiqueOf(solution.steps, labels_S)
        return text === null ? [] : [text]
      }),
    )
  return options.writer === 'chat' || options.writer === 'checked'
    ? byChat(asked, view, options, signal)
    : byModel(asked, view, options, model, signal)
}

async function byModel(
  asked: readonly Asked[],
  { tokens: { tokenizer } }: View,
  { critiques, critiqueTokens }: CritiqueOptions,
  model: Pick<Engine, 'sample'>,
  signal?: AbortSignal,
): Promise<string[][]> {
  const found = await model.sample(
    asked.map(({ ids }, i) => ({ ids, n: critiques, seed: hashSeed(1, 'critiques', i) })),
    { maxTokens: critiqueTokens, stopIds: [tokenizer.eosId], ...(signal && { signal }) },
  )
  // one that was cut off has not said all
  return found.map(some =>
    some
      .filter(({ stop }) => stop === 'stop')
      .map(({ ids }) => tokenizer.decode(ids.subarray(0, -1))),
  )
}

async function byChat(
  asked: readonly Asked[],
  { ask }: View,
  { critiques, writer }: CritiqueOptions,
  signal?: AbortSignal,
): Promise<string[][]> {
  if (!ask)
    throw new ConfigError(
      `--writer ${writer}: name the chat model by --chat ADDRESS --chat-model NAME`,
    )
  return Promise.all(
    asked.map(async ({ solution }) => {
      const asked = judgeMessages(solution, 'each-step')
      const messages = writer === 'checked' ? toldChecks(asked, solution) : asked
      const written = await Promise.all(
        Array.from({ length: critiques }, (_, seed) =>
          ask(messages, text => text.trim() || null, { seed, ...(signal && { signal }) }),
        ),
      )
      return written.filter(text => text !== null)
    }),
  )
}

/** What a judge is asked, and beside it what a calculator says of the steps (GroundedPRM, arXiv:2510.14942, section 3.3). */
function toldChecks(
  messages: readonly ChatMessage[],
  { steps }: LabelledSolution,
): readonly ChatMessage[] {
  const lines = steps.flatMap((step, s) => {
    const told = toldOf(step)
    return told === null ? [] : [`step ${s}: ${told}`]
  })
  const content = [
    `What a calculator says of the equations in the steps:\n<tool>\n${lines.join('\n') || 'nothing'}\n</tool>`,
    'It is right about numbers. It does not know whether an equation is the one that the problem asks for. Rest the critique of each step on it as far as it goes.',
  ].join('\n\n')
  const last = messages.at(-1)!
  return [...messages.slice(0, -1), { ...last, content: `${last.content}\n\n${content}` }]
}
