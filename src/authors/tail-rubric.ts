import { hashSeed } from '../numbers/random.ts'
import { refinedRubric } from '../rewards/refined-rubrics.ts'
import type { ChatMessage } from '../rewards/remote/chat.ts'
import { type Author, asMaterial } from './author.ts'
import { rubric } from './rubric.ts'

const [answers, rounds] = [8, 4]

/**
 * `rubric`: the problem's own, or one from the known answer, refined in four rounds until it tells the best of eight answers of the chat
 * model apart (arXiv:2509.21500, section 4, which has sixteen answers of stronger models).
 */
export const tailRubric: Author = {
  about: 'rubrics that tell the best of several answers apart, as `rubric`',
  async write(problem, desk) {
    const { ask, seed, signal } = desk
    const first = problem.meta.rubric === undefined ? await rubric.write(problem, desk) : null
    if (first !== null && 'missing' in first) return first
    const known =
      first === null ? problem : { ...problem, meta: { ...problem.meta, ...first.fields } }
    const question: ChatMessage[] = [
      { role: 'user', content: `${asMaterial(problem)}\n\nAnswer as well as you can.` },
    ]
    const said = Array.from({ length: answers }, (_, n) =>
      ask(question, text => text.trim() || null, {
        seed: hashSeed(seed, 'answer', n),
        ...(signal && { signal }),
      }),
    )
    const texts = [...new Set((await Promise.all(said)).filter(text => text !== null))]
    if (texts.length < 2) return { missing: 'no two answers that differ' }
    const refining = { form: 'explicit' as const, rounds, seed }
    const found = await refinedRubric(ask, known, texts, refining, signal)
    return { fields: { rubric: found.map(one => ({ ...one })) } }
  },
}
