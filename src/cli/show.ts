// `minform show`: a run, an iteration, a group, a rollout or a token of it, in words and numbers.

import { defineCommand } from 'citty'
import { ConfigError } from '../errors.ts'
import { openRun, replayed, rowsOf, type ShownRun } from '../explain/run.ts'
import { whyToken } from '../explain/token.ts'
import type { StoredRollout } from '../runs/rollout-table.ts'
import { loadTokenizer } from '../tokenizer/load.ts'
import { numberFlag } from './flags.ts'
import { groupLines, groupOf, iterationLines } from './show/groups.ts'
import { rolloutLines } from './show/rollout.ts'
import { runLines, runRecord } from './show/run.ts'
import { replayLine, whyLines } from './show/token.ts'
import { findRecipe } from './training/flags.ts'

const count = (description: string) =>
  ({ type: 'string', valueHint: 'number', description }) as const

export default defineCommand({
  meta: { name: 'show', description: 'What a run did, down to why a token got its advantage' },
  args: {
    run: {
      type: 'positional',
      required: true,
      description: 'folder of a run, also of one that goes on',
    },
    iteration: count('one iteration: its groups; default the last one where --group is given'),
    group: count('one group of it: its rollouts'),
    rollout: count('one rollout of that: its steps'),
    token: count('one token of that: its advantage as arithmetic'),
    json: { type: 'boolean', description: 'print JSON' },
  },
  async run({ args }) {
    const [iteration, group, rollout, token] = placeOf(args)
    const run = openRun(args.run)
    const shown =
      iteration === null
        ? { json: runRecord(run), text: runLines(run) }
        : await shownIteration(run, iteration, group ?? null, rollout ?? null, token ?? null)
    process.stdout.write(
      args.json === true
        ? `${JSON.stringify(shown.json, null, 2)}\n`
        : `${shown.text.join('\n')}\n`,
    )
  },
})

type Place = number | null | undefined

/** Iteration, group, rollout and token; undefined for the last iteration. */
function placeOf(args: Readonly<Record<string, unknown>>): readonly Place[] {
  const names = ['iteration', 'group', 'rollout', 'token']
  const place = names.map((name, i) => {
    const value = args[name] as string | undefined
    return value === undefined
      ? null
      : numberFlag(`--${name}`, value, { min: i === 0 ? 1 : 0, integer: true })
  })
  const deepest = place.findLastIndex(value => value !== null)
  const lacking = names.findIndex((_, i) => i > 0 && i < deepest && place[i] === null)
  if (lacking > 0) throw new ConfigError(`--${names[deepest]} needs --${names[lacking]}`)
  return deepest > 0 && place[0] === null ? [undefined, ...place.slice(1)] : place
}

async function shownIteration(
  run: ShownRun,
  asked: Place,
  group: number | null,
  rollout: number | null,
  token: number | null,
): Promise<{ readonly json: unknown; readonly text: readonly string[] }> {
  const iteration = asked ?? run.reader.iterations().at(-1) ?? 1
  const rows = await rowsOf(run, iteration)
  if (group === null) return { json: rows.map(brief), text: iterationLines(iteration, rows) }
  const own = groupOf(rows, group)
  if (rollout === null) return { json: own.map(brief), text: groupLines(own) }
  const row = own.find(one => one.rollout === rollout)
  if (row === undefined)
    throw new ConfigError(
      `--rollout ${rollout}: group ${group} has rollouts 0 to ${own.length - 1}`,
    )
  if (token === null) return { json: plain(row), text: rolloutLines(row) }
  if (token >= row.ids.length)
    throw new ConfigError(`--token ${token}: the rollout has tokens 0 to ${row.ids.length - 1}`)
  return shownToken(run, rows, row, token)
}

async function shownToken(
  run: ShownRun,
  rows: readonly StoredRollout[],
  row: StoredRollout,
  token: number,
) {
  const { recipe } = await findRecipe(run.recipe)
  const again = replayed(run, recipe, rows)
  const p = again.rows_P.findIndex(group => group.includes(row))
  if (p < 0) throw new ConfigError('the rollout was not credited: it was left out of the batch')
  const why = whyToken(again, p, again.rows_P[p]!.indexOf(row), token)
  const line = replayLine(again.distance, recipe.name)
  const text = await textOf(run, row.ids[token]!)
  return {
    json: { ...why, text, distance: again.distance },
    text: [...rolloutLines(row, token), '', ...whyLines(why, text), '', line],
  }
}

/** What a token spells, by the tokenizer that lies with the run's checkpoints; null where there is none. */
async function textOf({ reader }: ShownRun, id: number): Promise<string | null> {
  const folder = reader.checkpoints().at(-1)
  if (folder === undefined) return null
  const found = await loadTokenizer(folder).catch(() => null)
  return found?.pieces([id])[0] ?? null
}

function brief(row: StoredRollout) {
  const { group, rollout, problem, answer, outcome, learned, stop, ids } = row
  const scores = row.stepRewards_S && Array.from(row.stepRewards_S)
  return {
    group,
    rollout,
    problem,
    answer,
    outcome,
    steps: scores,
    tokens: ids.length,
    stop,
    learned,
  }
}

/** A row whose lists of numbers are plain. */
function plain(row: StoredRollout): unknown {
  return JSON.parse(
    JSON.stringify(row, (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as never) : value,
    ),
  )
}
