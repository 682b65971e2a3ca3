import { linked } from '../../http/deadline.ts'
import { mean } from '../../numbers/numeric.ts'
import {
  type ChatEndpoint,
  type ChatMessage,
  type ChatSpending,
  chatClient,
} from '../../rewards/remote/chat.ts'
import { onceMore } from '../critique.ts'
import type { Solution } from '../solution.ts'
import { type JudgeStyleName, judgeMessages, readCritique, type StepVotes } from './judge-styles.ts'
import { checkedScores, type StepScorer, type StepScores } from './step-scorer.ts'

/** How many of the critiques must call a step wrong for it to be wrong (CAPO, arXiv:2508.02298). */
export const judgeVotes = ['majority', 'intersection', 'union'] as const

export interface JudgeOptions {
  readonly style?: JudgeStyleName | undefined // default 'first-error'
  readonly votes?: number | undefined // critiques of a solution; default 1
  /** How often a critique is written: each time but the first it checks itself, and the last that comes counts. Default 1. */
  readonly rounds?: number | undefined
  readonly vote?: (typeof judgeVotes)[number] | undefined // half of them or more, all, or any; default 'majority'
  /** Critiques of a solution that must come for it to have scores at all; default half of them, rounded up. */
  readonly quorum?: number | undefined
  readonly seed?: number | undefined // sent to the server, another one each vote; not sent by default
}

/** A judge, and what it has cost. */
export interface JudgeScorer extends StepScorer {
  spent(): ChatSpending
}

/**
 * Scores steps by a chat model's critiques: of those that say something of a step, the share that call it right. A critique
 * that does not come, or cannot be read, after every attempt is missing; a step of which none says anything, and every
 * step of a solution with fewer critiques than the quorum, has no score. In a style that names one error the steps after it
 * are judged by the critiques that found none up to there.
 */
export function judgeScorer(endpoint: ChatEndpoint, options: JudgeOptions = {}): JudgeScorer {
  const { style = 'first-error', votes = 1, vote = 'majority', rounds = 1, seed } = options
  const { quorum = Math.ceil(votes / 2) } = options
  if (!(Number.isInteger(votes) && votes >= 1 && quorum >= 1 && quorum <= votes))
    throw new RangeError(`judgeScorer: ${votes} votes with a quorum of ${quorum}`)
  const client = chatClient(endpoint)
  const scorer = {
    name: `judge ${endpoint.model}`,
    range: [0, 1] as const,
    // a share above it: more than half, any at all, or all of at most `votes`
    threshold: { majority: 0.5, intersection: 0, union: 1 - 1 / votes }[vote],
    aggregation: style === 'rating' ? ('last' as const) : ('min' as const),
    separate: true,
  }
  const judge = async (solution: Solution, signal?: AbortSignal): Promise<StepScores> => {
    const { length } = solution.steps
    if (length === 0) return []
    const read = (text: string) => {
      const votes_S = readCritique(text, length, style)
      return votes_S && { text, votes_S }
    }
    const critique = async (v: number): Promise<StepVotes | null> => {
      const own = { ...(seed !== undefined && { seed: seed + v }), ...(signal && { signal }) }
      let [messages, found] = [judgeMessages(solution, style), null as StepVotes | null]
      for (let round = 0; round < rounds; round++) {
        const { value } = await client.ask(messages, read, own)
        if (value === null) break
        found = value.votes_S
        messages = checkedAgain(messages, value.text)
      }
      return found
    }
    const answers = await Promise.all(Array.from({ length: votes }, (_, v) => critique(v)))
    const come = answers.filter(answer => answer !== null)
    if (come.length < quorum) return solution.steps.map(() => null)
    return solution.steps.map((_, s) => shareRight(come.map(votes_S => votes_S[s]!)))
  }
  return {
    ...scorer,
    score: (solutions, signal) =>
      linked(signal, async ({ signal, abort }) => {
        try {
          const rows = await Promise.all(solutions.map(solution => judge(solution, signal)))
          return checkedScores(scorer, solutions, rows)
        } finally {
          abort() // what is under way ends when one of them cannot go on
        }
      }),
    close: async () => {},
    spent: () => client.spent(),
  }
}

/** What is asked after a critique so that it checks itself. */
function checkedAgain(messages: readonly ChatMessage[], critique: string): readonly ChatMessage[] {
  return [
    ...messages,
    { role: 'assistant', content: critique },
    { role: 'user', content: `${onceMore} End as before.` },
  ]
}

/** What a scorer has spent where it is a judge; null for any other. */
export function spendingOf(scorer: StepScorer): ChatSpending | null {
  return 'spent' in scorer ? (scorer as JudgeScorer).spent() : null
}

/** Of the critiques that say something, the share that say right; null where none does. */
export function shareRight(votes: StepVotes): number | null {
  const said = votes.filter(vote => vote !== null)
  return said.length === 0 ? null : mean(said.map(Number))
}
