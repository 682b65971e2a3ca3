import { unlessData } from '../errors.ts'
import type { Method, Outcome, Scorer } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import type { Group, Problem } from '../types.ts'
import type { Sampler } from './sampler.ts'

export interface Hints {
  readonly grade: Scorer<Outcome>
  readonly render: (question: string) => string // a question as the policy is asked it
  readonly sampler: Pick<Sampler, 'engine' | 'tokenizer' | 'maxTokens'>
  readonly steps: number // of the worked solution, never with its last
}

/**
 * Rollouts as `sample` makes them; of a problem that none of them solves, as many again with a hint behind the question, as if
 * they were of the question alone (arXiv:2506.13923). No hint where the worked solution is too short, or cannot be read.
 */
export function hinted(sample: Method['rollouts'], hints: Hints): Method['rollouts'] {
  const { grade } = hints
  return async (problems, seed, signal) => {
    const groups_P = await sample(problems, seed, signal)
    for (const group of groups_P) grade.begin?.(group, signal) // so that nobody is judged twice
    const grades_P = await grade(groups_P, signal)
    const unsolved = (p: number): boolean =>
      grades_P[p]!.outcome_G.every(x => x !== null && x <= 0.5)
    const asked = groups_P.flatMap(({ problem }, p) => {
      const prompt = unsolved(p) ? hintedPrompt(problem, hints) : null
      return prompt === null ? [] : [{ p, problem: { ...problem, prompt } }]
    })
    if (asked.length === 0) return groups_P
    const again = asked.map(({ problem }) => problem)
    const guided = await sample(again, hashSeed(seed, 'hints'), signal)
    return groups_P.map((group, p): Group => {
      const more = guided[asked.findIndex(one => one.p === p)]?.rollouts ?? []
      const { promptIds } = group.rollouts[0]!
      const moved = more.map(one => ({ ...one, promptIds, origin: 'hint' as const }))
      return { ...group, rollouts: [...group.rollouts, ...moved] }
    })
  }
}

/** A problem's prompt with the first steps of its worked solution; null where there is none that may be told. */
function hintedPrompt(problem: Problem, { render, sampler, steps }: Hints): string | null {
  const { question = problem.prompt, solution } = problem
  if (solution === null || solution.length <= steps) return null
  const prompt = render([question.trim(), ...solution.slice(0, steps)].join('\n\n'))
  return unlessData(() => {
    const { length } = sampler.tokenizer.encode(prompt)
    return length + sampler.maxTokens <= sampler.engine.info.maxPositions ? prompt : null
  })
}
