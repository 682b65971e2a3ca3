import { checked } from '../../data/checked.ts'
import { DataError } from '../../errors.ts'
import type { Environment, Score } from '../../rollouts/environment.ts'
import { taggedAnswer } from '../../text/answer-tags.ts'
import { closing, lastCall } from '../calls.ts'
import { tagged } from '../tagged.ts'
import { constraintsOf, hard, soft } from './constraints.ts'
import { planOf, type Wish, wish } from './plan.ts'
import { lookedUp } from './tools.ts'
import { type World, worldOf } from './world.ts'

const most = 30 // calls of a rollout, as in arXiv:2509.25779

/**
 * Journeys to plan: `{inns Bay=}` asks the tables of `meta.world`, and a plan in JSON between answer tags is held against thirteen
 * constraints. The outcome is 1 where all hold. Its parts: `schema`, it is a plan; `soft` and `hard`, the shares that hold; each
 * constraint by name; `calls`, and how many of them were `call_errors`.
 */
export const travel: Environment = {
  name: 'travel',
  stops: [closing],
  judges: true,
  answers: tagged('your plan in JSON'),
  open(problem) {
    const wrong = (what: string) => new DataError(`problem ${problem.id}: ${what}`)
    const wished = checked(wish, problem.meta, wrong, { at: 'meta' })
    const world = worldOf(wished.world)
    let [calls, errors, last] = [0, 0, '']
    return {
      reply(text) {
        if (!text.includes(closing)) {
          last = text
          return null
        }
        if (++calls > most) return null
        const found = lookedUp(world, lastCall(text))
        if (found === null) errors++
        return found ?? 'error'
      },
      score: () => {
        const { outcome, parts } = judged(world, wished, last)
        return { outcome, parts: { ...parts, calls, call_errors: errors } }
      },
    }
  },
}

/** What the last words of a rollout are worth: without a plan nothing is known of constraints. */
function judged(world: World, wished: Wish, text: string) {
  const days = planOf(taggedAnswer(text) ?? '')
  if (days === null) return { outcome: 0, parts: { schema: 0 } } satisfies Score
  const found = constraintsOf(world, wished, days)
  const share = (names: readonly (keyof typeof found)[]): number => {
    const asked = names.filter(name => found[name] !== undefined)
    return asked.filter(name => found[name]).length / asked.length
  }
  const [ofSoft, ofHard] = [share(soft), share(hard)]
  return {
    outcome: Number(ofSoft === 1 && ofHard === 1),
    parts: {
      ...{ schema: 1, soft: ofSoft, hard: ofHard },
      ...Object.fromEntries(Object.entries(found).map(([name, holds]) => [name, Number(holds)])),
    },
  } satisfies Score
}
