// The policy's own rollouts of training problems: what a judge has to know, since it will judge the like.

import { openOnnxEngine } from '../engine/onnx/open.ts'
import { type LabelledRollout, labelByOracle } from '../prm/label/labelled.ts'
import { independent } from '../rollouts/independent.ts'
import type { LoadedTokenizer } from '../tokenizer/tokenizer.ts'
import type { Corpus } from './corpus.ts'
import type { Preparation, StageReport } from './plan.ts'

/** The hotter half holds what the policy rarely writes now, and may write while it learns. */
const temperatures = [1, 1.3]

/** What is sampled: so many problems, two rollouts each, of at most so many tokens. */
export type OwnPlan = Pick<
  Preparation,
  'labelledProblems' | 'maxTokens' | 'seed' | 'device' | 'threads'
>

/** Rollouts of the policy in a folder, labelled by the oracle; none where there is no oracle. */
export async function ownRollouts(
  corpus: Corpus,
  base: string,
  tokenizer: LoadedTokenizer,
  plan: OwnPlan,
  report: StageReport,
  signal?: AbortSignal,
): Promise<LabelledRollout[]> {
  const { oracle } = corpus
  if (oracle === null) return []
  const policy = await openOnnxEngine(base, { device: plan.device, threads: plan.threads })
  const { maxTokens } = plan
  const sampler = { engine: policy, tokenizer, stopIds: tokenizer.stopIds, maxTokens }
  const problems = corpus.train(plan.seed + 2)
  const chunk = 100
  const out: LabelledRollout[] = []
  report.start('own rollouts', plan.labelledProblems, 'problems')
  try {
    for (let done = 0; done < plan.labelledProblems; done += chunk) {
      const some = Array.from({ length: chunk }, () => problems.next().value)
      const temperature = temperatures[(done / chunk) % temperatures.length]!
      const sample = independent({ ...sampler, temperature }, 2)
      for (const { problem, rollouts } of await sample(some, plan.seed + done, signal)) {
        for (const rollout of rollouts) out.push(labelByOracle(problem, rollout, oracle))
      }
      report.update(Math.min(plan.labelledProblems, done + chunk), '')
    }
  } finally {
    await policy.close()
  }
  report.end(`${(100 * shareWrong(out)).toFixed(0)} % hold a wrong step`)
  return out
}

function shareWrong(examples: readonly LabelledRollout[]): number {
  return examples.filter(({ labels_S }) => labels_S.includes(false)).length / examples.length
}
