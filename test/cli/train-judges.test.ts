import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readRun } from '../../src/runs/reader.ts'
import {
  type Asked,
  type ChatServer,
  chatServer,
  type Reply,
} from '../rewards/remote/chat-server.ts'
import { fixture, rowsFile } from './commands.ts'
import { rows, tinyModels, train, trainInterrupted } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
const servers: ChatServer[] = []
beforeAll(async () => {
  tiny = await tinyModels({ warmUpdates: 60 }) // often right, also in samples
})
afterAll(() => tiny.remove())
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

let runs = 0
const newRun = (): string => join(tiny.folder, `judged-${++runs}`)
const flags = (run: string): string[] => [
  ...['--problems', tiny.problems, '--model', tiny.base, '--run', run, '--threads', '1'],
  ...['--iterations', '1', '--batch', '2', '--max-tokens', '24', '--eval-every', '0'],
]

/** The steps that a judge is shown. */
const stepsOf = ({ body }: Asked): string[] =>
  [...body.messages[1]!.content.matchAll(/<step_\d+>\n([\s\S]*?)\n<\/step_\d+>/g)].map(
    ([, s]) => s!,
  )

/** A critic that knows the one sum of the tiny models, and thinks what it is told of anything else. */
function critic(other: (step: string, steps: readonly string[]) => boolean) {
  return (asked: Asked): string => {
    const steps = stepsOf(asked)
    const right = (step: string): boolean => ['3+4=7', '\\boxed{7}'].includes(step)
    return `\\boxed{${steps.findIndex(step => !right(step) && !other(step, steps))}}`
  }
}

async function judge(reply: (asked: Asked) => Reply): Promise<string[]> {
  const server = await chatServer(reply)
  servers.push(server)
  return ['--judge', server.url, '--judge-model', 'critic', '--retries', '0']
}

describe('a chat model judges the steps of a run', () => {
  test('whose rewards are what it says, and null where it says nothing', async () => {
    const strict = critic(() => false)
    const silent = (asked: Asked): Reply => (stepsOf(asked).length > 2 ? '?' : strict(asked))
    const run = newRun()
    const { code, err } = await train(
      'pure-prm',
      ...flags(run),
      ...(await judge(silent)),
      '--votes',
      '1',
      '--audit',
      'warn',
    )
    expect(err).toMatch(/held-out solutions, half of them made wrong: 100\.0 % of steps judged/)
    expect(err).toMatch(/canary 'repeated' .*: \d+ of \d+ have no score/)
    expect(code).toBe(0)
    const [metrics] = readRun(run).metrics()
    const labelled = metrics!['rewards/process_labelled'] as number
    expect(labelled).toBeGreaterThan(0)
    expect(labelled).toBeLessThanOrEqual(1)
    const rollouts = (await readRun(run).rollouts(1)) ?? []
    expect(rollouts.length).toBe(16)
    for (const { steps, stepRewards_S } of rollouts) {
      if (steps.length > 2) expect(stepRewards_S).toBeNull()
      else
        expect(Array.from(stepRewards_S!).every(reward => reward === 1 || reward === -1)).toBe(true)
    }
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'))
    expect(config.scorer).toMatchObject({ kind: 'judge', model: 'critic', votes: 1 })
    expect(config.prm).toBeNull()
    const again = await train('--resume', ...flags(run), '--judge-model', 'other')
    expect(again.err).toContain('--judge-model is critic there and other here')
  })

  test('but not one that believes what solves nothing, unless it is let', async () => {
    const gullible = critic((step, steps) => steps.length === 1 && !/\d/.test(step))
    const asked = await judge(gullible)
    const refused = newRun()
    const { code, err } = await train('pure-prm', ...flags(refused), ...asked)
    expect(err).toContain(`canary 'empty' (nothing, and the end): 100.0 % of `)
    expect(err).toContain('fails on canaries: empty, thanks')
    expect(code).toBe(1)
    expect(existsSync(refused)).toBe(false) // the same --run works at once
    const warned = await train('pure-prm', ...flags(refused), ...asked, '--audit', 'warn')
    expect(warned.err).toContain("canary 'thanks'")
    expect(warned.code).toBe(0)
    const gated = await train('pure-prm', ...flags(newRun()), ...asked, '--gate', 'empty-answer')
    expect(gated.err).not.toContain("canary 'thanks'")
    expect(gated.code).toBe(0)
  })

  test('which a recipe may leave to gates of its own', async () => {
    const gullible = critic((step, steps) => steps.length === 1 && !/\d/.test(step))
    const asked = await judge(gullible)
    const run = newRun()
    const { code, err } = await train('worst-step', ...flags(run), ...asked)
    expect(err).not.toContain("canary 'thanks'")
    expect(code).toBe(0)
    const bare = await train('worst-step', '--no-gated', ...flags(newRun()), ...asked)
    expect(bare.err).toContain('fails on canaries: empty, thanks')
    expect(bare.code).toBe(1)
  })

  test('which --audit off does not ask', async () => {
    const asked = await judge(critic(() => false))
    const { code, err } = await train(...flags(newRun()), ...asked, '--audit', 'off')
    expect(err).not.toContain('canar')
    expect(code).toBe(0)
  })
})

test('a model with another tokenizer reads the steps as texts', async () => {
  const run = newRun()
  const prm = ['--prm', fixture('qwen2-prm'), '--convention', 'trl']
  const { code, err } = await train(...flags(run), ...prm)
  // of random weights: it is asked, and found out
  expect(err).toMatch(/process reward model on \d+ held-out solutions, half of them made wrong/)
  expect(err).toMatch(/tells right from wrong steps at|fails on canaries/)
  expect(code).toBe(1)
})

describe('problems with answers alone', () => {
  const answered = rowsFile(rows.map(({ question, answer }) => ({ question, answer })))
  const only = (run: string): string[] => [...flags(run), '--problems', answered]

  test('a judge that is right is measured on graded rollouts, and teaches', async () => {
    const run = newRun()
    const { code, err } = await train(...only(run), ...(await judge(critic(() => false))))
    expect(err).toMatch(
      /on 80 rollouts of the policy, 4 for each of 20 problems \(20 of them held out\): AUC \d\.\d\d \(95 %: .* right and \d+ wrong answers/,
    )
    expect(code).toBe(0)
    const checked = readRun(run)
      .log()
      .find(({ event }) => event !== 'engine')
    expect(checked).toMatchObject({
      event: 'process reward model checked',
      kind: 'answers',
      auc: { value: expect.any(Number), low: expect.any(Number), high: expect.any(Number) },
      verdict: expect.stringMatching(/pass|warn/),
    })
  })

  test('a judge of its own kind is advised as such when it is refused; off asks nothing', async () => {
    const run = newRun()
    const wrong = (asked: Asked): string =>
      critic(() => false)(asked) === '\\boxed{-1}' ? '\\boxed{0}' : '\\boxed{-1}'
    const asked = await judge(wrong)
    const { code, err } = await train(...only(run), ...asked)
    expect(err).toContain('tells right from wrong answers at 0.')
    expect(err).toContain('ask another model (--judge-model) or in another way (--style, --votes)')
    expect(err).toContain('go on all the same with --judge-check warn')
    expect([code, existsSync(run)]).toEqual([1, false])
    const off = await train(...only(run), ...asked, '--judge-check', 'off')
    expect(off.err).not.toContain('process reward model')
    expect(off.code).toBe(0)
  })
})

test('a run that is interrupted while its judge is tried leaves nothing', async () => {
  const run = newRun()
  const asked = await judge(() => 'hang')
  const { code, out } = await trainInterrupted([...flags(run), ...asked], /^run /m)
  expect([code, out, existsSync(run)]).toEqual([130, '', false])
})

describe('wrong usage ends with 2', () => {
  test.each([
    [['--judge', 'http://h'], '--judge needs --judge-model'],
    [['--oracle', 'linear-equations', '--votes', '2'], '--votes goes with --judge'],
    [['--prm', 'x', '--oracle', 'y'], 'got --prm and --oracle'],
    [['--prm', 'x', '--style', 'first-error'], '--style goes with --judge, not with --prm'],
    [['--audit', 'maybe'], '--audit is one of on, warn, off'],
    [['--judge-check', 'maybe'], '--judge-check is one of on, warn, off'],
  ])('%j', async (more, message) => {
    const run = newRun()
    const { code, err } = await train(...flags(run), ...more)
    expect(err).toContain(message)
    expect([code, existsSync(run)]).toEqual([2, false])
  })

  test('a judge without a policy', async () => {
    const { code, err } = await train('--problems', tiny.problems, '--oracle', 'linear-equations')
    expect(err).toContain('needs --model, the policy that learns')
    expect(code).toBe(2)
  })
})
