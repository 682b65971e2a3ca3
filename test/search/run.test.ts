// Searches with real engines: what they ask of the policy and of the judge, and what comes of it.

import { describe, expect, test } from 'vitest'
import { VerifierError } from '../../src/errors.ts'
import { pathJudge } from '../../src/prm/score/path-judge.ts'
import type { StepScorer } from '../../src/prm/score/step-scorer.ts'
import { closedSteps } from '../../src/rollouts/extend.ts'
import { beam } from '../../src/search/beam.ts'
import { bestOfN } from '../../src/search/best-of-n.ts'
import { dvts } from '../../src/search/dvts.ts'
import { earlyRejection } from '../../src/search/early-rejection.ts'
import { searchAll } from '../../src/search/explore.ts'
import type { PathJudge } from '../../src/search/judging.ts'
import { lookahead } from '../../src/search/lookahead.ts'
import { majority } from '../../src/search/majority.ts'
import { mcts } from '../../src/search/mcts.ts'
import { particles } from '../../src/search/particles.ts'
import { rebase } from '../../src/search/rebase.ts'
import type { Search } from '../../src/search/search.ts'
import { stepWiseBestOfN } from '../../src/search/step-wise-best-of-n.ts'
import { weightedBestOfN } from '../../src/search/weighted-best-of-n.ts'
import type { Problem } from '../../src/types.ts'
import { problems, spied, toyPolicy, toySampler } from '../toy.ts'

/** A step with `bad` in it is wrong. It tells how many steps it was asked about, and how many it scored. */
function ruleScorer() {
  const count = { scored: 0, shown: 0 }
  const scorer: StepScorer = {
    name: 'rule',
    range: [0, 1],
    threshold: 0.5,
    aggregation: 'min',
    score: async solutions =>
      solutions.map(({ steps, judged = 0 }) => {
        count.shown += steps.length
        count.scored += steps.length - judged
        return steps.map((text, s) => (s < judged ? null : text.includes('bad') ? 0.1 : 0.9))
      }),
    close: async () => {},
  }
  return { scorer, count }
}

const searches: Readonly<Record<string, Search>> = {
  'best-of-n': bestOfN({ n: 8 }),
  'weighted-best-of-n': weightedBestOfN({ n: 8 }),
  majority: majority({ n: 8 }),
  beam: beam({ n: 8, width: 4 }),
  dvts: dvts({ n: 8, width: 4 }),
  'step-wise-best-of-n': stepWiseBestOfN({ n: 8 }),
  lookahead: lookahead({ n: 8, width: 4, ahead: 1 }),
  'early-rejection': earlyRejection({ n: 8, width: 4, tokens: 2 }),
  particles: particles({ n: 8 }),
  entropic: particles({ n: 8, temperature: 0.05, anneal: { below: 0.5, until: 0.5 } }),
  gibbs: particles({ n: 4, sweeps: 2 }),
  rebase: rebase({ n: 8 }),
  mcts: mcts({ n: 8, width: 4 }),
}
const names = Object.keys(searches)

async function run(search: Search, { of = problems, seed = 1, fresh = true } = {}) {
  const policy = toyPolicy(3)
  const { engine, calls } = spied(policy)
  const { scorer, count } = ruleScorer()
  const services = { sampler: toySampler(engine), judge: fresh ? pathJudge(scorer) : null }
  const found = await searchAll(search, services, of as readonly Problem[], seed)
  return { found, policy, calls, count }
}

test.each(names)('%s: whole rollouts that the policy may learn from', async name => {
  const { found, policy } = await run(searches[name]!, { of: problems.slice(0, 2) })
  for (const { value } of found) {
    expect(value.length).toBeGreaterThan(0)
    for (const { path, scores_S, score } of value.slice(0, 3)) {
      expect(path.stop).not.toBe('paused')
      expect(path.steps.at(-1)!.end).toBe(path.ids.length)
      const [scores] = await policy.score([Int32Array.of(...path.promptIds, ...path.ids)])
      path.logprobs_T.forEach((x, t) => {
        expect(x).toBeCloseTo(scores!.logprobs[t]!, 5)
      })
      if (name === 'majority') continue
      expect(scores_S).toEqual(path.steps.map(({ text }) => (text.includes('bad') ? 0.1 : 0.9)))
      expect(score).not.toBeNull()
    }
  }
})

test.each(names)('%s: the seed decides, not what it runs beside', async name => {
  const all = await run(searches[name]!)
  expect((await run(searches[name]!)).found).toEqual(all.found)
  const [first] = (await run(searches[name]!, { of: problems.slice(0, 1) })).found
  expect(first).toEqual(all.found[0])
})

test.each(names)('%s: many problems share the calls of the engine', async name => {
  const count = ({ calls }: Awaited<ReturnType<typeof run>>) =>
    calls.filter(({ verb }) => verb === 'sample').length
  const alone = await Promise.all(
    problems.map(async p => count(await run(searches[name]!, { of: [p] }))),
  )
  // as many as the longest of them needs; two kinds of ask in a round are two calls
  expect(count(await run(searches[name]!))).toBeLessThanOrEqual(2 * Math.max(...alone))
})

describe('the judge is asked about new steps alone', () => {
  test.each(names)('%s', async name => {
    const { found, count } = await run(searches[name]!)
    const judged = found.reduce((sum, { spent }) => sum + spent.judged, 0)
    expect(judged).toBe(count.scored)
    if (name === 'majority') expect(judged).toBe(0)
    else if (!['best-of-n', 'weighted-best-of-n', 'step-wise-best-of-n'].includes(name))
      expect(count.shown).toBeGreaterThan(count.scored) // without that it would score all it is shown
  })

  test.each(names)('%s: and about none twice, whichever paths have it in common', async name => {
    const seen = new Set<string>()
    let asked = 0
    const { scorer } = ruleScorer()
    const own = pathJudge(scorer)
    const judge: PathJudge = {
      ...own,
      scores: paths => {
        for (const { problem, path, known } of paths)
          path.steps.slice(known.length).forEach(({ end }, s) => {
            const within = closedSteps(path) <= known.length + s
            seen.add(`${problem.id} ${within} ${path.ids.subarray(0, end).join()}`)
            asked++
          })
        return own.scores(paths)
      },
    }
    const services = { sampler: toySampler(toyPolicy(3)), judge }
    const found = await searchAll(searches[name]!, services, problems, 1)
    expect(asked).toBe(seen.size)
    expect(found.reduce((sum, { spent }) => sum + spent.judged, 0)).toBe(asked)
  })

  test('a wrong step that paths have in common makes wrong what follows it in each', async () => {
    const { scorer } = ruleScorer()
    const stopping: StepScorer = {
      ...scorer, // it says no more behind the first wrong step
      score: async (solutions, signal) =>
        (
          await scorer.score(
            solutions.map(one => ({ ...one, judged: 0 })),
            signal,
          )
        ).map(row => {
          const wrong = row.findIndex(score => score! < 0.5)
          return row.map((score, s) => (wrong >= 0 && s > wrong ? null : score))
        }),
    }
    const services = { sampler: toySampler(toyPolicy(3)), judge: pathJudge(stopping) }
    const found = await searchAll(bestOfN({ n: 64 }), services, problems, 1)
    const rows = found.flatMap(({ value }) => value)
    let shared = 0
    for (const { path, scores_S } of rows) {
      const wrong = path.steps.findIndex(({ text }) => text.includes('bad'))
      expect(scores_S).toEqual(path.steps.map((_, s) => (wrong >= 0 && s >= wrong ? 0.1 : 0.9)))
      if (wrong >= 0 && wrong < path.steps.length - 1) shared++
    }
    expect(shared).toBeGreaterThan(0)
  })
})

test('the tokens that were spent are those that the policy sampled', async () => {
  const { found, calls } = await run(bestOfN({ n: 4 }), { of: problems.slice(0, 1) })
  const [{ value, spent }] = found as [(typeof found)[number]]
  expect(spent.tokens).toBe(value.reduce((sum, { path }) => sum + path.ids.length, 0))
  expect(calls.filter(({ verb }) => verb === 'sample')).toHaveLength(1)
})

test('with endless patience early rejection is beam search, and with little it spends less', async () => {
  const plain = await run(searches.beam!)
  const patient = await run(earlyRejection({ n: 8, width: 4, tokens: Number.POSITIVE_INFINITY }))
  expect(patient.found).toEqual(plain.found)
  const cost = ({ found }: typeof plain) => found.reduce((sum, { spent }) => sum + spent.tokens, 0)
  const eager = await run(earlyRejection({ n: 8, width: 4, tokens: 1 }))
  expect(cost(eager)).toBeLessThan(cost(plain))
})

test('no search is told an answer: with other answers it finds the same', async () => {
  const lied = problems.map(one => ({ ...one, answer: '-1', solution: ['-1'] }))
  for (const name of ['beam', 'majority', 'mcts'])
    expect((await run(searches[name]!, { of: lied })).found).toEqual(
      (await run(searches[name]!)).found,
    )
})

describe('a judge that gives nothing', () => {
  const asks = async (score: StepScorer['score']) => {
    const judge = pathJudge({ ...ruleScorer().scorer, score })
    const services = { sampler: toySampler(toyPolicy(3)), judge }
    return searchAll(bestOfN({ n: 4 }), services, problems, 1)
  }

  test('is named', async () => {
    const nothing = asks(async all => all.map(({ steps }) => steps.map(() => null)))
    await expect(nothing).rejects.toThrow(VerifierError)
    await expect(nothing).rejects.toThrow(/^rule: no score for any of the \d+ steps/)
  })

  test('of some steps leaves their paths for last', async () => {
    const found = await asks(async all =>
      all.map(({ steps }, i) => steps.map(() => (i % 4 === 1 ? 0.6 : null))),
    )
    for (const { value } of found)
      expect(value.map(({ score }) => score)).toEqual([0.6, null, null, null])
  })

  test('but stops behind a wrong step means that those after it are wrong', async () => {
    const found = await asks(async all =>
      all.map(({ steps }) => steps.map((_, s) => (s === 0 ? 0.2 : null))),
    )
    expect(found.flatMap(({ value }) => value).every(({ score }) => score === 0.2)).toBe(true)
  })

  test('with too few rows, or none to ask, is an error', async () => {
    const { sampler } = { sampler: toySampler(toyPolicy(3)) }
    const judge = { name: 'short', scores: async () => [] }
    await expect(searchAll(bestOfN({ n: 2 }), { sampler, judge }, problems, 1)).rejects.toThrow(
      'short: 0 rows of scores for 8 paths',
    )
    await expect(
      searchAll(bestOfN({ n: 2 }), { sampler, judge: null }, problems, 1),
    ).rejects.toThrow('there is no judge')
  })
})

test('a search that is stopped throws', async () => {
  const { scorer } = ruleScorer()
  const services = { sampler: toySampler(toyPolicy(3)), judge: pathJudge(scorer) }
  const stopped = searchAll(searches.beam!, services, problems, 1, {
    signal: AbortSignal.abort('enough'),
  })
  await expect(stopped).rejects.toBe('enough')
})
