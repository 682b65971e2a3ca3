// Worked solutions that an environment talks in. They are written whole, replies included; what the environment says is asked
// of it, and is not learned.

import { DataError } from '../errors.ts'
import { hashSeed } from '../numbers/random.ts'
import { BoundedTalk } from '../rollouts/bounded-talk.ts'
import type { Environment } from '../rollouts/environment.ts'
import type { ReadSolution } from './worked-solutions.ts'

/**
 * Reads solutions as rollouts in an environment are: its replies are tokens of their own behind its stops. Throws DataError
 * for a solution that goes on otherwise than the environment does, and where that fails.
 */
export function talkedExample(environment: Environment): ReadSolution {
  return async (problem, tokenizer, { maxTokens, maxPositions, endId }) => {
    if (problem.solution === null) return null
    const promptIds = tokenizer.encode(problem.prompt)
    const talk = new BoundedTalk(environment, problem, hashSeed(0, 'solution', problem.id))
    const parts: { readonly ids: Int32Array; readonly given: number }[] = []
    try {
      let rest = problem.solution.join('\n\n')
      for (let at = stopIn(rest, environment); at !== null; at = stopIn(rest, environment)) {
        const said = rest.slice(0, at)
        rest = rest.slice(at)
        const reply = await talk.reply(said, text => text)
        if (talk.failed !== null) throw new DataError(`problem ${problem.id}: ${talk.failed}`)
        if (reply === null || !rest.startsWith(reply))
          throw new DataError(
            `problem ${problem.id}: its solution goes on with ${shown(rest)} where ${environment.name} ${reply === null ? 'ends' : `says ${shown(reply)}`}; write what it says into the solution`,
          )
        rest = rest.slice(reply.length)
        parts.push({ ids: tokenizer.encode(said), given: 0 })
        parts.push({ ids: tokenizer.encode(reply), given: 1 })
      }
      parts.push({ ids: Int32Array.from([...tokenizer.encode(rest), endId]), given: 0 })
    } finally {
      await talk.close()
    }
    const ids = Int32Array.from(parts.flatMap(part => [...part.ids]))
    if (ids.length > maxTokens || promptIds.length + ids.length > maxPositions) return null
    const given = Uint8Array.from(parts.flatMap(({ ids, given }) => Array.from(ids, () => given)))
    return { promptIds, ids, given }
  }
}

/** Where the text behind the first stop begins; null where there is none. */
function stopIn(text: string, { stops }: Environment): number | null {
  const ends = stops
    .map(stop => text.indexOf(stop) + stop.length)
    .filter((_, i) => text.includes(stops[i]!))
  return ends.length === 0 ? null : Math.min(...ends)
}

function shown(text: string): string {
  return JSON.stringify(text.length > 20 ? `${text.slice(0, 20)}...` : text)
}
