// The policy's own rollouts of training problems: what a judge has to know, since it will judge the like.

import { appendFileSync, existsSync } from 'node:fs'
import { z } from 'zod'
import { readText } from '../data/plain-file.ts'
import { openEngine } from '../engine/open.ts'
import { type LabelledRollout, labelByOracle } from '../prm/label/labelled.ts'
import { independent, toRollout } from '../rollouts/independent.ts'
import { jsonLine, parseJsonLines, wholeLines } from '../runs/json-lines.ts'
import { writeWhole } from '../runs/whole-file.ts'
import type { LoadedTokenizer } from '../tokenizer/load.ts'
import type { Group, Problem } from '../types.ts'
import type { Corpus } from './corpus.ts'
import type { Preparation, StageReport } from './plan.ts'

/** The hotter half holds what the policy rarely writes now, and may write while it learns. */
const temperatures = [1, 1.3]

/** What is sampled: so many problems, two rollouts each, of at most so many tokens. */
export type OwnPlan = Pick<
  Preparation,
  'labelledProblems' | 'maxTokens' | 'seed' | 'device' | 'threads'
>

/**
 * Rollouts of the policy in a folder, labelled by the oracle; none where there is no oracle. `kept` names a file that holds
 * what is sampled, so that a process that comes later samples the rest alone.
 */
export async function ownRollouts(
  corpus: Corpus,
  base: string,
  tokenizer: LoadedTokenizer,
  plan: OwnPlan,
  report: StageReport,
  { kept = null, signal }: { readonly kept?: string | null; readonly signal?: AbortSignal } = {},
): Promise<LabelledRollout[]> {
  const { oracle } = corpus
  if (oracle === null) return []
  const total = plan.labelledProblems
  const before = kept === null ? [] : chunksOf(kept)
  report.start('own rollouts', total, 'problems')
  const { device, threads, maxTokens } = plan
  const policy = await openEngine({ kind: 'onnx', folder: base, device, threads })
  const sampler = { engine: policy, tokenizer, stopIds: tokenizer.stopIds, maxTokens }
  const problems = corpus.train(plan.seed + 2)
  const out: LabelledRollout[] = []
  try {
    for (let done = 0; done < total; done += chunk) {
      const some = Array.from({ length: chunk }, () => problems.next().value)
      const temperature = temperatures[(done / chunk) % temperatures.length]!
      const sample = independent({ ...sampler, temperature }, 2)
      const known = before[done / chunk]
      const groups = known
        ? known.map((rollouts, p) => groupOf(some[p]!, rollouts, tokenizer))
        : await sample(some, plan.seed + done, signal)
      if (kept !== null && !known) appendFileSync(kept, jsonLine(chunkOf(groups)))
      for (const { problem, rollouts } of groups)
        for (const rollout of rollouts) out.push(labelByOracle(problem, rollout, oracle))
      report.update(Math.min(total, done + chunk), '')
    }
  } finally {
    await policy.close()
  }
  report.end(`${(100 * shareWrong(out)).toFixed(0)} % hold a wrong step`)
  return out
}

const chunk = 100 // problems that are sampled, and kept, together

const keptSchema = z.array(
  z.array(z.object({ ids: z.array(z.number().int()), stop: z.enum(['stop', 'length']) })),
)
type Kept = z.infer<typeof keptSchema>

/** What is needed of rollouts to have them again: [problems, rollouts of one]. */
function chunkOf(groups: readonly Group[]): object {
  return groups.map(({ rollouts }) => rollouts.map(({ ids, stop }) => ({ ids, stop })))
}

/** The chunks of a file; what a killed process left torn is removed from it. */
function chunksOf(file: string): Kept[] {
  if (!existsSync(file)) return []
  const text = readText(file)
  const whole = wholeLines(text)
  if (whole !== text) writeWhole(file, whole)
  return parseJsonLines(whole, file).map(line => keptSchema.parse(line))
}

/** Rollouts as they were sampled, but for their log-probabilities, which nobody asks for here. */
function groupOf(problem: Problem, rollouts: Kept[number], tokenizer: LoadedTokenizer): Group {
  const promptIds = tokenizer.encode(problem.prompt)
  return {
    problem,
    rollouts: rollouts.map(({ ids, stop }) => {
      const logprobs_T = new Float32Array(ids.length).fill(Number.NaN)
      const sampled = { logprobs_T, sampledLogprobs_T: logprobs_T, stopString: null, version: 0 }
      return toRollout({ ids: Int32Array.from(ids), stop, ...sampled }, promptIds, tokenizer)
    }),
  }
}

function shareWrong(examples: readonly LabelledRollout[]): number {
  return examples.filter(({ labels_S }) => labels_S.includes(false)).length / examples.length
}
