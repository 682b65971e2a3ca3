// `minform show`: a run, an iteration, a group, a rollout or a token of it, in words and numbers.

import { defineCommand } from 'citty'
import { ConfigError } from '../errors.ts'
import { groupIn, requireToken, rolloutIn } from '../explain/place.ts'
import { openRun, replayed, rowsOf, type ShownRun } from '../explain/run.ts'
import { whyToken } from '../explain/token.ts'
import { levels, type Place, parseAddress } from '../runs/address.ts'
import { isRun } from '../runs/layout.ts'
import type { StoredRollout } from '../runs/rollout-table.ts'
import { loadTokenizer } from '../tokenizer/load.ts'
import { type Given, numberFlag, textFlag } from './flags.ts'
import { groupLines, iterationLines } from './show/groups.ts'
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
      description:
        'folder of a run, also of one that goes on, or a place in it: RUN/iteration/group/rollout/token',
    },
    iteration: count('one iteration: its groups; default the last one where --group is given'),
    group: count('one group of it: its rollouts'),
    rollout: count('one rollout of that: its steps'),
    token: count('one token of that: its advantage as arithmetic'),
    json: { type: 'boolean', description: 'print JSON' },
  },
  async run({ args }) {
    const { folder, place: said } = parseAddress(args.run, isRun)
    const run = openRun(folder)
    const place = placeIn(run, said, args)
    const shown =
      place.iteration === null
        ? { json: runRecord(run), text: runLines(run) }
        : await shownIteration(run, { ...place, iteration: place.iteration })
    process.stdout.write(
      args.json === true
        ? `${JSON.stringify(shown.json, null, 2)}\n`
        : `${shown.text.join('\n')}\n`,
    )
  },
})

/** The place that an address and the flags after it say; the last iteration where they name none of something in it. */
function placeIn({ reader }: ShownRun, said: Place, args: Given): Place {
  const named = levels.map((level, i) => {
    const text = textFlag(args, level)
    if (text === null) return said[level]
    if (said[level] !== null)
      throw new ConfigError(`--${level} ${text}: the address says ${said[level]} already`)
    return numberFlag(`--${level}`, text, { min: i === 0 ? 1 : 0, integer: true })
  })
  const deepest = named.findLastIndex(number => number !== null)
  const lacking = named.findIndex((number, i) => i > 0 && i < deepest && number === null)
  if (lacking > 0) throw new ConfigError(`--${levels[deepest]} needs --${levels[lacking]}`)
  const [iteration, group, rollout, token] = named as [number | null, ...(number | null)[]]
  const last = reader.iterations().at(-1) ?? 1
  return {
    iteration: deepest > 0 ? (iteration ?? last) : iteration,
    ...{ group: group!, rollout: rollout!, token: token! },
  }
}

type Shown = { readonly json: unknown; readonly text: readonly string[] }

async function shownIteration(
  run: ShownRun,
  { iteration, group, rollout, token }: Place & { readonly iteration: number },
): Promise<Shown> {
  const rows = await rowsOf(run, iteration)
  const { folder } = run.reader
  if (group === null)
    return { json: rows.map(brief), text: iterationLines(folder, iteration, rows) }
  const own = groupIn(rows, group)
  if (rollout === null) return { json: own.map(brief), text: groupLines(folder, own) }
  const row = rolloutIn(own, rollout)
  if (token === null) return { json: plain(row), text: rolloutLines(row) }
  requireToken(row, token)
  return shownToken(run, rows, row, token)
}

async function shownToken(
  run: ShownRun,
  rows: readonly StoredRollout[],
  row: StoredRollout,
  token: number,
): Promise<Shown> {
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
