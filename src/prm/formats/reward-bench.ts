// RewardBench (arXiv:2403.13787) and RewardBench 2 (arXiv:2506.01937): a prompt, answers that are preferred and others.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import type { Candidate, CandidateFormat } from './candidates.ts'
import { asProblem, hasFields } from './format.ts'
import { stepsOf } from './solution-rows.ts'

const texts = z.union([z.string().transform(one => [one]), z.array(z.string()).min(1)])
const scores = z.union([z.number().transform(one => [one]), z.array(z.number())]).nullish()
const row = z.object({
  id: z.union([z.string(), z.number().transform(String)]),
  prompt: z.string(),
  subset: z.string(),
  chosen: texts,
  rejected: texts,
  scores_chosen: scores, // as the code of RewardBench writes them
  scores_rejected: scores,
})

/** One prompt a row; `chosen` and `rejected` are a text each, or several. */
export const rewardBench: CandidateFormat = {
  about:
    'id, prompt, subset, chosen and rejected (a text or several), scores_chosen, scores_rejected',
  fits: value => hasFields(value, ['prompt', 'chosen', 'rejected', 'subset']),
  parts: false,
  read(value, { where }) {
    const one = parseRow(row, value, where)
    const candidates = (right: boolean): Candidate[] => {
      const name = right ? 'chosen' : 'rejected'
      const found = one[`scores_${name}`] ?? null
      if (found !== null && found.length !== one[name].length)
        throw new DataError(
          `${where}: scores_${name}: ${found.length} for ${one[name].length} answers; expected one each`,
        )
      return one[name].map((text, i) => {
        const score = found?.[i] ?? null
        return { by: null, steps: stepsOf(text), answer: null, right, scores_S: null, score }
      })
    }
    const id = `${one.subset}/${one.id}`
    return {
      id,
      kind: one.subset,
      problem: asProblem(id, one.prompt),
      candidates: [...candidates(true), ...candidates(false)],
    }
  },
}
