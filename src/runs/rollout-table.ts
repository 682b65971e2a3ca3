// Rollouts as a table: one row a rollout, lists and structs native to Parquet, so that any Parquet
// reader (DuckDB, pandas, a browser) opens a part without this package.
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import { parquetRows } from '../data/parquet.ts'
import { RunError } from '../errors.ts'
import type { Rewards, Streams } from '../method.ts'
import type {
  Group,
  Origin,
  Problem,
  RoleSpan,
  Rollout,
  Step,
  StopReason,
  Talked,
} from '../types.ts'
import { type NumberLists, writeNumberLists } from './number-lists.ts'

/** One rollout with everything that was computed of it. */
export interface RolloutRow {
  readonly group: number // index of its group in the iteration
  readonly rollout: number // index in the group
  readonly problem: string // the problem's id
  readonly answer: string | null
  readonly prompt: string
  readonly text: string
  readonly promptIds: ArrayLike<number>
  readonly ids: ArrayLike<number>
  readonly steps: readonly Step[]
  readonly spans: readonly RoleSpan[]
  readonly branch: { readonly parent: number; readonly atToken: number } | null
  readonly origin?: Origin
  readonly talk?: Talked
  readonly stop: StopReason
  readonly weightVersion: number
  readonly logprobs_T: ArrayLike<number>
  readonly sampledLogprobs_T: ArrayLike<number>
  readonly outcome: number | null
  readonly stepRewards_S: ArrayLike<number> | null
  /** What the task's oracle says of each step that a judge scored: right, wrong, null where it does not say. */
  readonly stepLabels_S?: readonly (boolean | null)[] | null
  /** Named numbers of the rollout; null where one is not known. */
  readonly parts: Readonly<Record<string, number | null>>
  /** Rewards with one number a token, by what they are: values, log_ratios, tokens, entropies. */
  readonly rewards: Readonly<Record<string, ArrayLike<number> | null>>
  /** Credit per token of each stream; null where there is no label or the group was dropped. */
  readonly returns: Readonly<Record<string, ArrayLike<number> | null>>
  readonly advantages_T: ArrayLike<number> | null // null where it was not credited
  readonly learned: boolean // whether the policy learned from it
}

/** A row as it is read back. */
export type StoredRollout = RolloutRow & { readonly iteration: number }

/** One group with what the stages made of it; null from the stage on where it was left out. */
export interface ComputedGroup {
  readonly group: Group
  readonly rewards: Rewards | null
  readonly streams: Streams | null
  readonly advantages_G_T: readonly (Float32Array | null)[] | null
  readonly learned_G: readonly boolean[] | null
  readonly labels_G?: StepLabels
}

/** What an oracle says of the steps of each rollout of a group; null where it was not asked. */
export type StepLabels = readonly (readonly (boolean | null)[] | null)[]

/** The rows of an iteration's groups. */
export function rolloutRows(groups_P: readonly ComputedGroup[]): RolloutRow[] {
  return groups_P.flatMap(({ group, rewards, streams, advantages_G_T, learned_G, labels_G }, p) =>
    group.rollouts.map((rollout, g) => ({
      ...rollout,
      group: p,
      rollout: g,
      problem: group.problem.id,
      answer: group.problem.answer,
      prompt: group.problem.prompt,
      outcome: rewards?.outcome_G[g] ?? null,
      stepRewards_S: rewards?.steps_G_S?.[g] ?? null,
      ...(labels_G?.[g] && { stepLabels_S: labels_G[g] }),
      parts: Object.fromEntries(
        Object.entries(rewards?.parts_G ?? {}).map(([name, x_G]) => [name, x_G[g] ?? null]),
      ),
      rewards: tokenRewardsOf(rewards, g),
      returns: Object.fromEntries(Object.entries(streams ?? {}).map(([k, r]) => [k, r[g] ?? null])),
      advantages_T: advantages_G_T?.[g] ?? null,
      learned: learned_G?.[g] ?? false,
    })),
  )
}

/** What a rollout was rewarded with, token by token. */
function tokenRewardsOf(rewards: Rewards | null, g: number): RolloutRow['rewards'] {
  const found = {
    values: rewards?.values_G_T?.[g],
    log_ratios: rewards?.logRatios_G_T?.[g],
    tokens: rewards?.tokens_G_T?.[g],
    entropies: rewards?.entropies_G_T?.[g],
  }
  return Object.fromEntries(Object.entries(found).flatMap(([name, x]) => (x ? [[name, x]] : [])))
}

/** A Parquet file of one iteration's rows. */
export function encodeRollouts(iteration: number, rows: readonly RolloutRow[]): Uint8Array {
  const named = (of: (row: RolloutRow) => object): string[] =>
    [...new Set(rows.flatMap(row => Object.keys(of(row))))].sort()
  const all = [
    ...columns,
    ...(rows.some(row => row.talk) ? [talkColumn] : []),
    ...(rows.some(row => row.stepLabels_S) ? [labelsColumn] : []),
    ...named(row => row.parts).map(partColumn),
    ...named(row => row.rewards).map(name =>
      numbers(`reward_${name}`, 'FLOAT', row => row.rewards[name] ?? null),
    ),
    ...named(row => row.returns).map(name =>
      numbers(`returns_${name}`, 'FLOAT', row => row.returns[name] ?? null),
    ),
  ]
  const writer = new ByteWriter()
  const parquet = new ParquetWriter({
    writer,
    schema: [{ name: 'rollouts', num_children: all.length }, ...all.flatMap(c => c.schema)],
    createdBy: 'minform',
  })
  const stored = rows.map(row => ({ ...row, iteration }))
  for (let from = 0; from < stored.length; from += rowGroup)
    writeGroup(parquet, writer, all, stored.slice(from, from + rowGroup))
  parquet.finish()
  return writer.getBytes()
}

const rowGroup = 1000 // rows

/** A row group, its columns in the order of the schema. */
function writeGroup(
  parquet: ParquetWriter,
  writer: ByteWriter,
  all: readonly Column[],
  rows: readonly StoredRollout[],
): void {
  const start = writer.offset
  const others = all.filter(column => !('numbers' in column))
  parquet.write({
    columnData: others.map(c => ({ name: c.schema[0].name, data: rows.map(c.get) })),
    rowGroupSize: rows.length,
  })
  const group = parquet.row_groups.at(-1)!
  const written = (name: string) =>
    group.columns.filter(one => one.meta_data!.path_in_schema[0] === name)
  group.columns = all.flatMap(column => {
    const { name } = column.schema[0]
    if (!('numbers' in column)) return written(name)
    return [writeNumberLists(writer, { name, type: column.numbers, rows: rows.map(column.get) })]
  })
  const sizes = group.columns.map(({ meta_data }) => meta_data!.total_uncompressed_size)
  group.total_byte_size = sizes.reduce((sum, size) => sum + size, 0n)
  group.total_compressed_size = BigInt(writer.offset - start)
}

/** The rows of a Parquet file that encodeRollouts made. */
export async function decodeRollouts(bytes: Uint8Array): Promise<StoredRollout[]> {
  const records: Cells[] = await parquetRows(bytes)
  const lacking = needed.find(name => records[0] !== undefined && records[0][name] === undefined)
  if (lacking !== undefined)
    throw new RunError(`no column '${lacking}'; are they rollouts of this version?`)
  return records.map(fromCells)
}

/** What every row has. */
const needed = [
  ...['iteration', 'group', 'rollout', 'problem', 'prompt', 'text', 'prompt_ids', 'ids', 'steps'],
  ...['spans', 'stop', 'weight_version', 'logprobs', 'sampled_logprobs', 'learned'],
]

/** The groups of an iteration's rows, the rollouts as they were to the last bit. Throws RunError for rows of other problems. */
export function groupsOf(
  rows: readonly StoredRollout[],
  problems: readonly Problem[],
): readonly Group[] {
  const groups_P = problems.map((problem): { problem: Problem; rollouts: Rollout[] } => ({
    problem,
    rollouts: [],
  }))
  for (const row of rows) {
    const group = groups_P[row.group]
    if (group?.problem.id !== row.problem)
      throw new RunError(
        `rollouts of the problem ${row.problem}, expected ${group?.problem.id ?? `${problems.length} problems`}`,
      )
    group.rollouts[row.rollout] = rolloutOf(row)
  }
  return groups_P
}

/** The rollout of a row, to the last bit. */
export function rolloutOf(row: StoredRollout): Rollout {
  const { stop, weightVersion, text, steps, spans, branch, origin, talk } = row
  return {
    promptIds: Int32Array.from(row.promptIds),
    ids: Int32Array.from(row.ids),
    logprobs_T: Float32Array.from(row.logprobs_T),
    sampledLogprobs_T: Float32Array.from(row.sampledLogprobs_T),
    stop,
    weightVersion,
    text,
    steps,
    spans,
    branch,
    ...originOf(origin),
    ...(talk && { talk }),
  }
}

function originOf(origin: Origin | null | undefined): { readonly origin?: Origin } {
  return origin ? { origin } : {}
}

type Cells = Readonly<Record<string, unknown>>

type Column = AnyColumn | NumbersColumn

interface AnyColumn {
  readonly schema: readonly [SchemaElement, ...SchemaElement[]]
  readonly get: (row: StoredRollout) => unknown
}

/** A column of lists of numbers. */
interface NumbersColumn {
  readonly schema: AnyColumn['schema']
  readonly numbers: NumberLists['type']
  readonly get: (row: StoredRollout) => ArrayLike<number> | null
}

const columns: readonly Column[] = [
  { schema: [int('iteration')], get: row => row.iteration },
  { schema: [int('group')], get: row => row.group },
  { schema: [int('rollout')], get: row => row.rollout },
  { schema: [text('problem')], get: row => row.problem },
  { schema: [optional(text('answer'))], get: row => row.answer },
  { schema: [text('prompt')], get: row => row.prompt },
  { schema: [text('text')], get: row => row.text },
  numbers('prompt_ids', 'INT32', row => row.promptIds),
  numbers('ids', 'INT32', row => row.ids),
  {
    schema: list('steps', group('element', int('start'), int('end'), text('text'), text('state'))),
    get: row => row.steps,
  },
  {
    schema: list('spans', group('element', int('start'), int('end'), text('role'))),
    get: row => row.spans,
  },
  {
    schema: optionalGroup('branch', int('parent'), int('at_token')),
    get: ({ branch }) => branch && { parent: branch.parent, at_token: branch.atToken },
  },
  { schema: [optional(text('origin'))], get: row => row.origin ?? null },
  { schema: [text('stop')], get: row => row.stop },
  { schema: [int('weight_version')], get: row => row.weightVersion },
  numbers('logprobs', 'FLOAT', row => row.logprobs_T),
  numbers('sampled_logprobs', 'FLOAT', row => row.sampledLogprobs_T),
  { schema: [optional({ name: 'outcome', type: 'DOUBLE' })], get: row => row.outcome },
  numbers('step_rewards', 'FLOAT', row => row.stepRewards_S),
  numbers('advantages', 'FLOAT', row => row.advantages_T),
  {
    schema: [{ name: 'learned', type: 'BOOLEAN', repetition_type: 'REQUIRED' }],
    get: row => row.learned,
  },
]

/** What an environment did, as JSON. */
const talkColumn: Column = {
  schema: [optional(text('talk'))],
  get: row => (row.talk ? JSON.stringify(row.talk) : null),
}

const labelsColumn: Column = {
  schema: list('step_labels', { name: 'element', type: 'BOOLEAN', repetition_type: 'OPTIONAL' }),
  get: row => row.stepLabels_S ?? null,
}

function partColumn(name: string): Column {
  return {
    schema: [optional({ name: `part_${name}`, type: 'DOUBLE' })],
    get: row => row.parts[name] ?? null,
  }
}

function numbers(
  name: string,
  type: NumberLists['type'],
  get: NumbersColumn['get'],
): NumbersColumn {
  const element = { name: 'element', type, repetition_type: 'REQUIRED' } as const
  return { schema: list(name, element), numbers: type, get }
}

function fromCells(cells: Cells): StoredRollout {
  const named = <T>(prefix: string): Record<string, T> =>
    Object.fromEntries(
      Object.entries(cells)
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, x]) => [name.slice(prefix.length), (x ?? null) as T]),
    )
  const branch = cells.branch as { parent: number; at_token: number } | undefined
  return {
    iteration: cells.iteration as number,
    group: cells.group as number,
    rollout: cells.rollout as number,
    problem: cells.problem as string,
    answer: (cells.answer ?? null) as string | null,
    prompt: cells.prompt as string,
    text: cells.text as string,
    promptIds: cells.prompt_ids as number[],
    ids: cells.ids as number[],
    steps: cells.steps as Step[],
    spans: cells.spans as RoleSpan[],
    branch: branch ? { parent: branch.parent, atToken: branch.at_token } : null,
    ...originOf(cells.origin as Origin | null | undefined),
    ...(typeof cells.talk === 'string' && { talk: JSON.parse(cells.talk) as Talked }),
    stop: cells.stop as StopReason,
    weightVersion: cells.weight_version as number,
    logprobs_T: cells.logprobs as number[],
    sampledLogprobs_T: cells.sampled_logprobs as number[],
    outcome: (cells.outcome ?? null) as number | null,
    stepRewards_S: (cells.step_rewards ?? null) as number[] | null,
    ...(cells.step_labels != null && {
      stepLabels_S: (cells.step_labels as (boolean | null | undefined)[]).map(x => x ?? null),
    }),
    parts: named<number | null>('part_'),
    rewards: named<number[] | null>('reward_'),
    returns: named<number[] | null>('returns_'),
    advantages_T: (cells.advantages ?? null) as number[] | null,
    learned: cells.learned as boolean,
  }
}

function int(name: string): SchemaElement {
  return { name, type: 'INT32', repetition_type: 'REQUIRED' }
}

function text(name: string): SchemaElement {
  return { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' }
}

function optional(element: SchemaElement): SchemaElement {
  return { ...element, repetition_type: 'OPTIONAL' }
}

function group(
  name: string,
  ...fields: SchemaElement[]
): readonly [SchemaElement, ...SchemaElement[]] {
  return [{ name, repetition_type: 'REQUIRED', num_children: fields.length }, ...fields]
}

function optionalGroup(name: string, ...fields: SchemaElement[]): Column['schema'] {
  const [head, ...rest] = group(name, ...fields)
  return [optional(head), ...rest]
}

function list(name: string, element: SchemaElement | readonly SchemaElement[]): Column['schema'] {
  return [
    { name, converted_type: 'LIST', repetition_type: 'OPTIONAL', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...[element].flat(),
  ]
}
