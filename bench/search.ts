// What a search costs beside plain sampling: tokens a second of a beam of 64 against 64 independent answers of the same
// problems, by the policy alone (the judge is free) and with the carried judge, in turns. Time by the clock says what a
// machine gives that does nothing else; processor time hardly depends on what else it does.

import { cpus } from 'node:os'
import { openOnnxEngine } from '../src/engine/onnx/open.ts'
import { carriedModels } from '../src/model-source/carried-models.ts'
import { hashSeed, random } from '../src/numbers/random.ts'
import { numberCell, percentCell, textTable } from '../src/plot/text-table.ts'
import { openScorer } from '../src/prm/score/open.ts'
import { pathJudge } from '../src/prm/score/path-judge.ts'
import { takeProblems } from '../src/problems/splits.ts'
import { taskOf } from '../src/problems/tasks/index.ts'
import { beam } from '../src/search/beam.ts'
import { bestOfN } from '../src/search/best-of-n.ts'
import { searchAll } from '../src/search/explore.ts'
import type { PathJudge } from '../src/search/judging.ts'
import type { Search } from '../src/search/search.ts'
import { loadTokenizer } from '../src/tokenizer/load.ts'
import { median, threads } from './measure.ts'

const [n, width, rounds, difficulty, maxTokens] = [64, 4, 5, 2, 200] as const

export interface SearchReport {
  readonly processor: string
  readonly threads: number
  readonly rows: readonly SearchRow[]
}

interface SearchRow {
  readonly problems: number
  readonly judge: string
  readonly search: string
  readonly tokensPerSecond: number // the middle of the rounds
  readonly ofPlain: number // as a share of what plain sampling does
  readonly processorMs: number // a thousand tokens, of all threads
  readonly processorOfPlain: number // tokens a second of processor time, likewise
  readonly judgedByNew: number | null // judged steps by the new steps of the search; null without a judge
}

/** A judge that costs nothing, and does not know anything. */
function freeJudge(): PathJudge {
  return {
    name: 'free',
    scores: async asked =>
      asked.map(({ path, known }) =>
        path.steps.slice(known.length).map(() => random(hashSeed(7, path.text))()),
      ),
  }
}

/** Measures searches in turn: a minute or two. */
export async function measureSearch(): Promise<SearchReport> {
  const policy = await openOnnxEngine(carriedModels.base, { threads })
  const tokenizer = await loadTokenizer(carriedModels.base)
  const scorer = await openScorer({ kind: 'model', folder: carriedModels.prm, threads })
  const sampler = { engine: policy, tokenizer, stopIds: tokenizer.stopIds, maxTokens }
  const all = takeProblems(taskOf('nested-arithmetic'), 4, { split: 'test', seed: 1, difficulty })
  const searches: Readonly<Record<string, Search>> = {
    'best-of-n': bestOfN({ n }),
    beam: beam({ n, width }),
  }
  const rows: SearchRow[] = []
  for (const problems of [all.slice(0, 1), all])
    for (const judge of [freeJudge(), pathJudge(scorer)]) {
      const speeds: Record<string, number[]> = { 'best-of-n': [], beam: [] }
      const work: Record<string, number[]> = { 'best-of-n': [], beam: [] }
      const judged: Record<string, number> = {}
      for (let round = -1; round < rounds; round++)
        for (const [name, search] of Object.entries(searches)) {
          const counted = counting(judge)
          const start = performance.now()
          const before = process.cpuUsage()
          const found = await searchAll(search, { sampler, judge: counted }, problems, round + 2)
          const seconds = (performance.now() - start) / 1000
          const tokens = found.reduce((sum, { spent }) => sum + spent.tokens, 0)
          const { user, system } = process.cpuUsage(before)
          if (round >= 0) speeds[name]!.push(tokens / seconds) // the first compiles
          if (round >= 0) work[name]!.push((user + system) / tokens)
          judged[name] = counted.asked / counted.fresh()
        }
      const plain = median(speeds['best-of-n']!)
      for (const [search, list] of Object.entries(speeds)) {
        const tokensPerSecond = median(list)
        rows.push({
          problems: problems.length,
          judge: judge.name === 'free' ? 'free' : 'models/prm',
          search,
          tokensPerSecond: Math.round(tokensPerSecond),
          ofPlain: tokensPerSecond / plain,
          processorMs: median(work[search]!),
          processorOfPlain: median(work['best-of-n']!) / median(work[search]!),
          judgedByNew: judged[search]!,
        })
      }
    }
  await Promise.all([policy.close(), scorer.close()])
  return { processor: cpus()[0]?.model ?? 'unknown', threads, rows }
}

/** A judge that counts the steps it is asked about, and those of them that nobody has asked about before. */
function counting(judge: PathJudge): PathJudge & { asked: number; fresh(): number } {
  const seen = new Set<string>()
  const counted = {
    ...judge,
    asked: 0,
    fresh: () => seen.size,
    scores: (asked: Parameters<PathJudge['scores']>[0], signal?: AbortSignal) => {
      for (const { problem, path, known } of asked)
        path.steps.slice(known.length).forEach((step, s) => {
          counted.asked++
          const place = path.ids.subarray(0, step.end).join()
          seen.add(`${problem.id} ${known.length + s} ${place}`)
        })
      return judge.scores(asked, signal)
    },
  }
  return counted
}

/** A report as a table. */
export function searchLines({ processor, threads, rows }: SearchReport): string {
  const head = [
    ...['search', 'problems', 'judge', 'tokens/s', 'of plain'],
    ...['processor ms / 1,000', 'of plain', 'judged / new steps'],
  ]
  const cells = rows.map(row => [
    row.search,
    String(row.problems),
    row.judge,
    String(row.tokensPerSecond),
    percentCell(row.ofPlain, 0),
    numberCell(row.processorMs, 0),
    percentCell(row.processorOfPlain, 0),
    numberCell(row.judgedByNew, 2),
  ])
  return `${processor}, ${threads} threads; n ${n}, width ${width}\n${textTable([head, ...cells])}`
}
