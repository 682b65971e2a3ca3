// `minform write criteria`: one tree of criteria, for all rows, from pairs of a right and a wrong step.

import type { Author } from '../authors/author.ts'
import { criteriaTree, type Grown, stepPairs } from '../authors/criteria.ts'
import { ConfigError, DataError } from '../errors.ts'
import { type Given, textFlag } from './flags.ts'
import { say } from './io.ts'
import { trajectoriesIn } from './write-rewards.ts'

export const about = 'a tree of criteria for steps, as `criteria`, for prm label --method criteria'
const growing = { pairs: 24, alike: 0.25 }

/** Writes the same tree into every row: asked for once, when the first is due. */
export async function criteriaAuthor(args: Given): Promise<Author> {
  const file = textFlag(args, 'candidates')
  if (file === null)
    throw new ConfigError('write criteria needs --candidates, a file that minform eval --out wrote')
  const pairs = stepPairs(await trajectoriesIn(file))
  if (pairs.length === 0)
    throw new DataError(
      `${file}: no right and wrong solution of one question part at a step; expected some that do`,
    )
  let once: Promise<Grown> | null = null
  return {
    about,
    async write(_, desk) {
      once ??= criteriaTree(pairs, desk, growing).then(told)
      const { tree } = await once
      if (tree.length === 0) return { missing: 'no criteria' }
      return {
        fields: { meta: { criteria: tree.map(one => ({ ...one, finer: [...one.finer] })) } },
      }
    },
  }
}

function told(grown: Grown): Grown {
  const finer = grown.tree.reduce((sum, one) => sum + one.finer.length, 0)
  say(`${grown.tree.length} criteria, ${finer} finer ones; ${grown.unexplained} pairs unexplained`)
  return grown
}
