// `minform eval`: how a policy does on problems, and which of them it solves sometimes. What is done is on disk; an
// evaluation that was killed goes on where it was, and ends with the same bytes.

import { defineCommand } from 'citty'
import { readText } from '../data/plain-file.ts'
import { isOnServer } from '../engine/tinker/saving.ts'
import { ConfigError, DataError } from '../errors.ts'
import { type Accuracy, accuracy } from '../eval/accuracy.ts'
import { boundaryOf } from '../eval/against.ts'
import { type Attempts, attemptsReport } from '../eval/attempts.ts'
import { behaviourOf, type ReadAnswer } from '../eval/behaviour.ts'
import { regretReport } from '../eval/in-time.ts'
import { likelihoodReport, ownLogprob } from '../eval/likelihood.ts'
import type { Tally } from '../eval/pass-at-k.ts'
import { transitionsOf } from '../eval/transitions.ts'
import { saidIn } from '../groups/talk.ts'
import { hashSeed } from '../numbers/random.ts'
import { asked as askedBy, type Prompt, questionOf } from '../problems/prompt.ts'
import type { Task } from '../problems/tasks/index.ts'
import { type Grader, isRight } from '../rewards/grader.ts'
import type { Environment } from '../rollouts/environment.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { type Journal, openJournal } from '../runs/journal.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { writeWhole } from '../runs/whole-file.ts'
import { lastBox } from '../text/boxes.ts'
import { endingAt } from '../tokenizer/load.ts'
import { openAsking } from '../train/environment.ts'
import { promptOf } from '../train/prompting.ts'
import { readableBy } from '../train/readable.ts'
import type { Json, Problem, Rollout } from '../types.ts'
import type { Code } from '../user/load.ts'
import { againstLines, type Comparison, type Others, otherAttempts } from './eval-against.ts'
import { type Measured, type Measures, openMeasures } from './eval-measures.ts'
import { evalLines, measureLines } from './eval-report.ts'
import { type EvalRequest, evalArgs, evalRequest } from './eval-request.ts'
import { type EvalRow, solutionRows } from './eval-solutions.ts'
import { stoppable } from './interrupt.ts'
import { askedModel, placeSection } from './model.ts'
import { modelPath } from './named-model.ts'
import { fingerprintOfFile, fingerprintOfModel } from './prm/fingerprint.ts'
import { progress } from './progress.ts'
import { openPolicy, samplerIdentity, samplerSection } from './sampler.ts'
import { chatFlags } from './training/chat.ts'
import { promptSection } from './training/prompt.ts'

const format = 5 // of the journal: one of another number is not continued
const batch = 32 // problems that are sampled together; what is drawn depends on it

/** What the journal keeps of a problem. */
interface Entry {
  readonly id: string
  readonly attempts: Attempts
}

const command = defineCommand({
  meta: { name: 'eval', description: 'How often a policy solves problems, with intervals' },
  args: evalArgs,
  run: async ({ args }) => {
    const request = await evalRequest(args)
    const here = request.sampler === null && !isOnServer(request.model)
    const under = request.under === null ? null : await modelPath(request.under, true)
    const asked = { ...request, model: await modelPath(request.model, here), under }
    // what is compared with is read first: a file that does not fit costs no samples
    const others =
      asked.against === null ? null : await otherAttempts(asked.against, asked.problems)
    const { problems, entries, unread } = await stoppable(signal => attemptAll(asked, signal))
    const report = attemptsReport(entries.map(({ attempts }) => attempts))
    const unreadable = asked.problems.length - problems.length
    const counts = { unreadable, chosen: select(asked, problems, entries) }
    const why = { ...counts, unread }
    if (asked.solutions !== null) writeSolutions(asked.out!, asked.solutions)
    const compared = others && comparison(asked.problems, others.tally_P, entries)
    const measured = measuredIn(asked, entries, others)
    const found = { ...report, ...counts, ...measured, ...compared }
    const lines = [
      ...measureLines(asked, measured),
      ...(compared === null ? [] : againstLines(asked.against!, compared)),
    ]
    const text = [evalLines(report, asked, why), ...lines.map(line => `${line}\n`)].join('')
    process.stdout.write(args.json ? jsonLine(found) : text)
  },
})

export default { ...command, sections: [promptSection, samplerSection, placeSection, chatFlags] }

/** Both policies on the problems that were attempted. */
function comparison(
  problems: readonly Problem[],
  others: readonly Tally[],
  entries: readonly Entry[],
): Comparison {
  const of = new Map(problems.map(({ id }, p) => [id, others[p]!]))
  const before = entries.map(({ id }) => of.get(id)!)
  const after = entries.map(({ attempts }) => attempts.sampled)
  return { against: boundaryOf(before, after), transitions: transitionsOf(before, after) }
}

/** What was measured beside the attempts: nothing of what nobody asked for. */
function measuredIn(
  { under, inTime }: EvalRequest,
  entries: readonly Entry[],
  others: Others | null,
): Measured {
  const likelihoods = entries.flatMap(({ attempts }) => attempts.likelihood ?? [])
  const regrets = entries.flatMap(({ attempts }) => attempts.regrets ?? [])
  return {
    ...(under !== null && { likelihood: likelihoodReport(likelihoods, others?.logprobs) }),
    ...(inTime !== null && { regret: regretReport(regrets, inTime.budget) }),
  }
}

interface Attempted {
  readonly problems: readonly Problem[] // those that the model can read
  readonly unread: string // why it cannot read the others
  readonly entries: readonly Entry[]
}

/** Attempts at every problem; those that the file of --out tells of are not made again. */
async function attemptAll(asked: EvalRequest, signal: AbortSignal): Promise<Attempted> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`)
  const { environment, grader, code } = await openAsking(asked.answers, asked.task, say)
  const closing = async (error: unknown): Promise<never> => {
    await grader.close()
    throw error
  }
  const prompt = await askedPrompt(asked, environment).catch(closing)
  const journal = asked.out === null ? null : await journalOf(asked, prompt, asked.out, code)
  const model = await openPolicy(asked.model, asked.place, asked.sampler, signal).catch(closing)
  let measures: Measures | null = null
  try {
    if (model.engine.info.head !== 'language-model')
      throw new ConfigError(`--model ${asked.model}: a token classifier cannot answer`)
    const { n, temperature, maxTokens } = asked
    const tokenizer = endingAt(await model.tokenizer(), prompt.turnEnd)
    const models = { policy: model.engine, tokenizer, judge: null }
    const { fits, why } = readableBy(models, maxTokens)
    const problems = asked.problems.map(problem => askedBy(problem, prompt)).filter(fits)
    if (problems.length === 0)
      throw new DataError(
        `${asked.model} can read none of the ${asked.problems.length} problems of ${asked.source}: ${why()}`,
      )
    const { stopIds } = tokenizer
    const talk = environment && { environment }
    const read = answerReader(environment)
    const sampler = { engine: model.engine, tokenizer, stopIds, maxTokens, temperature, ...talk }
    const entries = [...(journal?.entries ?? [])]
    const measuring = await openMeasures(asked, sampler, grader)
    measures = measuring
    const bar = progress('evaluating', problems.length, { unit: 'problems', from: entries.length })
    while (entries.length < problems.length) {
      const from = entries.length - (entries.length % batch)
      const batched = problems.slice(from, from + batch)
      const made = await attempt(sampler, batched, asked, grader, read, measuring, from, signal)
      for (const { entry, row } of made.slice(entries.length - from)) {
        journal?.append({ out: jsonLine(row) }, entry)
        entries.push(entry)
      }
      bar.update(entries.length)
    }
    bar.end(`${n} samples each`)
    const { count, messages } = grader.takeFailures() ?? { count: 0, messages: [] }
    if (count > 0)
      say(`${count} answers could not be judged, and count for nothing: ${messages[0]}`)
    return { problems, entries, unread: why() }
  } finally {
    journal?.close()
    await Promise.all([model.engine.close(), grader.close(), measures?.close()])
  }
}

async function askedPrompt(
  { model, sampler, wish, frame }: EvalRequest,
  environment: Environment | null,
): Promise<Prompt> {
  const asked = await askedModel(model, sampler === null)
  return promptOf(wish, asked, frame, environment?.answers?.instruction)
}

/** What reads the answer of a text; null where an environment judges what was done. */
function answerReader(environment: Environment | null): ReadAnswer | null {
  if (environment?.judges && environment.answers === undefined) return null
  return environment?.answers?.read ?? lastBox
}

async function journalOf(
  asked: EvalRequest,
  prompt: Prompt,
  out: string,
  code: Code,
): Promise<Journal<Entry>> {
  const { n, greedy, temperature, maxTokens, seed, identity, source } = asked
  const { file } = identity as { file?: string }
  const content = file === undefined ? null : await fingerprintOfFile(file)
  const model = await fingerprintOfModel(asked.model)
  const under = asked.under === null ? null : await fingerprintOfModel(asked.under)
  const { reasoning } = asked
  const judge = reasoning && {
    url: reasoning.server.url,
    model: reasoning.server.model,
    votes: reasoning.votes,
  }
  const measured = { entropy: asked.entropy, under, inTime: asked.inTime, ...(judge && { judge }) }
  const drawn = { n, greedy, temperature, maxTokens, seed, measured: measured as Json }
  const judged = { ...asked.answers, code }
  const sampler = samplerIdentity(asked.sampler)
  const config = { format, model, ...sampler, source, content, identity, prompt, judged, ...drawn }
  return openJournal<Entry>({ files: { out }, config, resume: asked.resume })
}

/** Attempts at problems that stand at `from` in the list; an interrupt in the middle of them loses them. */
async function attempt(
  sampler: Sampler,
  problems: readonly Problem[],
  { n, greedy, seed, task }: EvalRequest,
  grader: Grader,
  read: ReadAnswer | null,
  measures: Measures,
  from: number,
  signal: AbortSignal,
): Promise<{ entry: Entry; row: Json }[]> {
  const by = { seed: hashSeed(seed, 'eval', from), grader, signal }
  const sampled = await accuracy({ ...sampler, greedy: false }, problems, { ...by, n })
  const likeliest = greedy ? await accuracy({ ...sampler, greedy: true }, problems, by) : null
  const measured_P = await measures.of(sampled, by)
  return problems.map((problem, p) => {
    const { rollouts } = sampled.groups[p]!
    const right_G = sampled.rewards_P_G[p]!.map(reward =>
      reward === null ? null : isRight(reward),
    )
    const attempts: Attempts = {
      sampled: sampled.tally_P[p]!,
      greedy: likeliest?.tally_P[p] ?? null,
      ...(task?.oracle && { sound: soundIn(task, problem, rollouts, sampled.rewards_P_G[p]!) }),
      unanswered: read && rollouts.filter(rollout => read(saidIn(rollout)) === null).length,
      cutOff: rollouts.filter(({ stop }) => stop === 'length').length,
      tokens: rollouts.reduce((total, { ids }) => total + ids.length, 0),
      samples: rollouts.length,
      behaviour: behaviourOf(rollouts.map(saidIn), right_G, read),
      ...measured_P[p],
    }
    const row = {
      ...problemRow(problem),
      ...attempts,
      rollouts: rolloutRows(sampled, p),
      ...(likeliest && { likeliest: rolloutRows(likeliest, p)[0] }),
    }
    return { entry: { id: problem.id, attempts }, row: row as unknown as Json }
  })
}

/** Right rollouts of which the task's oracle calls every step right. */
function soundIn(
  { oracle }: Pick<Task, 'oracle'>,
  problem: Problem,
  rollouts: readonly Rollout[],
  rewards_G: readonly (number | null)[],
): number {
  const sound = ({ steps }: Rollout): boolean => {
    const texts = steps.filter(({ state }) => state !== 'empty').map(({ text }) => text)
    return oracle!(problem, texts).every(({ right }) => right === true)
  }
  return rollouts.filter((one, g) => isRight(rewards_G[g] ?? 0) && sound(one)).length
}

function rolloutRows({ groups, rewards_P_G }: Accuracy, p: number) {
  const { rollouts } = groups[p]!
  return rollouts.map((rollout, g) => {
    const { text, stop, ids } = rollout
    const reward = rewards_P_G[p]![g]!
    return { text, stop, tokens: ids.length, reward, logprob: ownLogprob(rollout) }
  })
}

/** A problem as --problems reads it. */
function problemRow(problem: Problem) {
  const { id, answer, solution, meta } = problem
  return { id, question: questionOf(problem), answer, ...(solution && { solution }), meta }
}

/** Writes right samples of what is on disk, so that an evaluation that was continued has all of them. */
function writeSolutions(from: string, file: string): void {
  const lines = readText(from).trimEnd().split('\n')
  const rows = lines.map(line => JSON.parse(line) as EvalRow)
  writeWhole(file, solutionRows(rows).map(jsonLine).join(''))
}

/** Writes the problems whose share of right samples is asked for; how many they are, null where nobody asked. */
function select(
  { selected }: EvalRequest,
  problems: readonly Problem[],
  entries: readonly Entry[],
): number | null {
  if (selected === null) return null
  const { low, high, file } = selected
  const chosen = problems.filter((_, p) => {
    const { right, graded } = entries[p]!.attempts.sampled
    return graded > 0 && right / graded >= low && right / graded <= high
  })
  writeWhole(file, chosen.map(problem => jsonLine(problemRow(problem))).join(''))
  return chosen.length
}
