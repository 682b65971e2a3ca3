// Whether a run fits in memory, told from the shapes of its models before any of them is opened.

import type { ModelConfig } from '../engine/hf/config.ts'
import { readConfig } from '../engine/hf/config-file.ts'
import { projections } from '../engine/hf/lora.ts'
import { parameterCount } from '../engine/hf/parameters.ts'
import { peakBytes, type Work } from '../engine/onnx/memory.ts'
import { EngineError } from '../errors.ts'
import { findModel } from '../hub/find-model.ts'
import { rolloutsOf, type Values } from '../recipe.ts'
import { isRemote } from './engine.ts'
import type { WholeRequest } from './request/request.ts'

const prompt = 128 // tokens that are reckoned for one
const margin = 0.5e9 // bytes that other programs keep

type Asked = Pick<WholeRequest, 'lora' | 'baseType' | 'maxTokens' | 'problems'> &
  Partial<Pick<WholeRequest, 'sampling'>>
/** Shapes of what is opened on this machine; the policy's is null where that is on a server. */
interface Shapes {
  readonly policy: ModelConfig | null
  readonly beside: readonly ModelConfig[]
}

/** Bytes that a run takes at its peak: the policy, the frozen copy beside it where it has one, and models that judge. */
export function runBytes(
  { policy, beside }: Shapes,
  { lora, baseType, maxTokens, problems, sampling }: Asked,
  { groupSize = 8, klCoef = 0, klRewardCoef = 0 }: Values,
): number {
  const bytesOf = (
    config: ModelConfig,
    work: Pick<Work, 'learns' | 'rows' | 'precision'>,
  ): number => {
    const length = Math.min(config.maxPositions, prompt + maxTokens)
    return peakBytes(config, { base: baseType, length, ...work })
  }
  const rows = problems * Number(groupSize)
  const copied = lora === null && (Number(klCoef) > 0 || Number(klRewardCoef) > 0)
  const others = [...(copied && policy ? [policy] : []), ...beside]
  return others.reduce(
    (sum, config) => sum + bytesOf(config, { learns: 'nothing', rows: 0 }),
    policy === null
      ? 0
      : bytesOf(policy, { learns: lora ?? 'all', rows, ...(sampling && { precision: sampling }) }),
  )
}

/**
 * Refuses, with an EngineError, a run that would pass what may be used: `--max-memory`, or what this machine has left. It
 * says what would make the run smaller, and how large it would then be.
 */
export async function requireMemory(request: WholeRequest, options: Values): Promise<void> {
  const { model, prm, maxMemory } = request
  if (model === null) return // those that are made here are tiny
  const shape = async (named: string) => readConfig((await findModel(named)).path)
  const beside = prm === null || judgedElsewhere(request) ? [] : [await shape(prm)]
  const shapes = { policy: isRemote(request) ? null : await shape(model), beside }
  const asked = { ...options, groupSize: rolloutsOf(request.recipe, options) }
  const bytes = runBytes(shapes, request, asked)
  const most = maxMemory ?? process.availableMemory() - margin
  if (bytes <= most) return
  const [what, shaped] = shapes.policy === null ? [prm, beside[0]!] : [model, shapes.policy]
  const millions = `${(parameterCount(shaped) / 1e6).toPrecision(3)} M parameters`
  const where = maxMemory === null ? 'are left on this machine' : 'may be used (--max-memory)'
  throw new EngineError(
    `${what} does not fit in memory: a run of ${millions} takes about ${gib(bytes)}, and ${gib(most)} ${where}; ` +
      smaller(shapes, request, asked, most),
  )
}

/** Whether what scores steps takes no memory here. */
function judgedElsewhere({ scorer }: WholeRequest): boolean {
  if (scorer === null) return false
  return scorer.kind !== 'model' || scorer.served !== undefined
}

/** What would make a run smaller, each change on top of those before, up to the first that fits. */
function smaller(shapes: Shapes, request: WholeRequest, options: Values, most: number): string {
  const { lora, baseType, maxTokens, sampling } = request
  const changes: [string, Partial<Asked>][] = []
  const here = shapes.policy !== null // how a server holds it is not for this machine
  if (here && lora === null)
    changes.push(['--lora 8', { lora: { rank: 8, alpha: 16, targets: projections } }])
  if (here && baseType === 'float32')
    changes.push(['--base-dtype bfloat16', { baseType: 'bfloat16' }])
  if (here && baseType !== 'int8') changes.push(['--base-dtype int8', { baseType: 'int8' }])
  if (here && request.problems > 4) changes.push(['--batch 4', { problems: 4 }])
  if (here && sampling === 'int8') changes.push(['--sampling float32', { sampling: 'float32' }])
  if (maxTokens > 128) changes.push(['--max-tokens 128', { maxTokens: 128 }])
  let now: Asked = request
  const told: string[] = []
  for (const [flag, change] of changes) {
    now = { ...now, ...change }
    const bytes = runBytes(shapes, now, options)
    told.push(`${flag} (then ${gib(bytes)})`)
    if (bytes <= most) return `what makes it fit: ${told.join(', ')}`
  }
  const all = told.length === 0 ? '' : `even ${told.join(', ')} is too much; `
  return `${all}take a smaller model, or a machine with more memory (docs/sizes.md)`
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
