import { hashSeed } from '../numbers/random.ts'
import { unbegun } from '../rollouts/extend.ts'
import type { Problem } from '../types.ts'
import { type Author, asMaterial } from './author.ts'

const attempts = 4

/**
 * `solution`: worked out by the chat model, the first of four that comes to the known answer (rejection sampling of a teacher, RLTR,
 * arXiv:2508.19598, section 3.3).
 */
export const solution: Author = {
  about: 'worked solutions that come to the known answers, as `solution`',
  async write(problem, { ask, grader, seed, signal }) {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const asked = { seed: hashSeed(seed, 'solution', attempt), ...(signal && { signal }) }
      const text = await ask([{ role: 'user', content: contentOf(problem) }], boxed, asked)
      if (text === null) return { missing: 'no answer in a box' }
      const rollout = { ...unbegun(new Int32Array(0)), text, stop: 'stop' as const }
      const [reward] = await grader.grade([{ problem, rollout }], signal)
      if (reward === null || reward === undefined) return { missing: 'no known answer' }
      if (reward > 0.5) return { fields: { solution: stepsOf(text) } }
    }
    return { missing: `no right one of ${attempts}` }
  },
}

function boxed(text: string): string | null {
  return text.includes('\\boxed{') ? text.trim() : null
}

/** Steps of a text: what stands between blank lines. */
function stepsOf(text: string): string[] {
  return text
    .split(/\n[^\S\n]*\n/)
    .map(step => step.trim())
    .filter(step => step !== '')
}

function contentOf(problem: Problem): string {
  return [
    asMaterial(problem),
    'Solve the problem step by step, a blank line between two steps. End with the final answer in \\boxed{}.',
  ].join('\n\n')
}
