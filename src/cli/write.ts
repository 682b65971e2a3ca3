// `minform write`: what a chat model writes for problems before a run. What is done is on disk; one that was killed goes on where it was.

import { defineCommand } from 'citty'
import type { Written } from '../authors/author.ts'
import { authors } from '../authors/index.ts'
import { ConfigError } from '../errors.ts'
import { hashSeed } from '../numbers/random.ts'
import { questionOf } from '../problems/prompt.ts'
import { readProblems } from '../problems/read-problems.ts'
import { takeProblems } from '../problems/splits.ts'
import { boxedGrader } from '../rewards/grader.ts'
import { openJournal } from '../runs/journal.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { sandbox } from '../sandbox/sandbox.ts'
import type { Json, Problem } from '../types.ts'
import { openTask, taskSetting } from '../user/task.ts'
import { type AskedBy, openAsked } from './asked-chat.ts'
import { type Flags, type Given, textFlag, wholeFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { placeArgs, placeSection } from './model.ts'
import { fingerprintOfFile } from './prm/fingerprint.ts'
import { progress } from './progress.ts'
import { chatFlags, chatServer } from './training/chat.ts'
import { carriedTask, problemFlags } from './training/problems.ts'
import { about as aboutCriteria, criteriaAuthor } from './write-criteria.ts'
import { about as aboutRewards, rewardsAuthor } from './write-rewards.ts'

const format = 1 // of the journal
const abouts: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(authors).map(([kind, { about }]) => [kind, about])),
  criteria: aboutCriteria,
  rewards: aboutRewards,
}
const kinds = Object.keys(abouts)
const flagsOf = { candidates: ['rewards', 'criteria'], rounds: ['rewards'], after: ['rewards'] }
const { test: _, ...sourceArgs } = problemFlags.args

const args = {
  what: {
    type: 'positional',
    required: true,
    description: kinds.map(kind => `${kind}: ${abouts[kind]}`).join('; '),
  },
  ...sourceArgs,
  count: {
    type: 'string',
    valueHint: 'count',
    description: 'problems; default 20 of a task, all of a file',
  },
  out: {
    type: 'string',
    valueHint: 'file',
    required: true,
    description: 'JSON Lines to write: rows of problems, with what was written',
  },
  resume: { type: 'boolean', description: 'continue the file of --out' },
  model: {
    type: 'string',
    valueHint: 'model',
    description: 'a model here that is asked, in the place of --chat',
  },
  candidates: {
    type: 'string',
    valueHint: 'file',
    description: 'of rewards and criteria: right and wrong solutions, as eval --out wrote them',
  },
  rounds: {
    type: 'string',
    valueHint: 'count',
    description: 'of rewards: times that code is written, at most; default 4',
  },
  after: {
    type: 'string',
    valueHint: 'folder',
    description: 'of rewards: a run with the reward before, which is told of',
  },
  ...chatFlags.args,
  seed: { type: 'string', valueHint: 'number', description: 'default 0' },
  json: { type: 'boolean', description: 'print the counts as JSON' },
  ...placeArgs,
} as const satisfies Flags

/** What the journal keeps of a problem. */
interface Entry {
  readonly id: string
  readonly missing: string | null
}

const command = defineCommand({
  meta: { name: 'write', description: 'What a chat model writes for problems before a run' },
  args,
  run: async ({ args }) => {
    const entries = await stoppable(signal => writeAll(args as Given, signal))
    const missing: Record<string, number> = {}
    for (const { missing: why } of entries) if (why !== null) missing[why] = (missing[why] ?? 0) + 1
    const written = entries.filter(one => one.missing === null).length
    const found = { problems: entries.length, written, missing }
    process.stdout.write(args.json === true ? jsonLine(found) : linesOf(found, args.out))
  },
})

export default { ...command, sections: [chatFlags, placeSection] }

function linesOf(
  {
    problems,
    written,
    missing,
  }: { problems: number; written: number; missing: Record<string, number> },
  out: string,
): string {
  const left = Object.entries(missing).map(([why, count]) => `  ${count} left out: ${why}`)
  return [`${written} of ${problems} rows are in ${out}`, ...left, ''].join('\n')
}

async function writeAll(args: Given, signal: AbortSignal): Promise<readonly Entry[]> {
  const what = textFlag(args, 'what')!
  if (!kinds.includes(what))
    throw new ConfigError(
      `write: '${what}' is nothing that can be written; there is ${kinds.join(', ')}`,
    )
  for (const [flag, whats] of Object.entries(flagsOf))
    if (!whats.includes(what) && args[flag] !== undefined)
      throw new ConfigError(`--${flag} goes with write ${whats.join(' and ')}`)
  const ofCandidates = what === 'criteria' ? criteriaAuthor : rewardsAuthor
  const author = authors[what] ?? (await ofCandidates(args))
  const { problems, source } = await sourceOf(args)
  const [seed, out] = [wholeFlag(args, 'seed', 0, 0), textFlag(args, 'out')!]
  const chat = await openAsked(askedBy(args), args, seed)
  const config = { format, what, seed, source, asked: chat.identity }
  const journal = openJournal<Entry>({ files: { out }, config, resume: args.resume === true })
  const [grader, box] = [boxedGrader(), sandbox()]
  const bar = progress('writing', problems.length, {
    unit: 'problems',
    from: journal.entries.length,
  })
  const entries = [...journal.entries]
  const next = async (problem: Problem, at: number): Promise<Written> =>
    author.write(problem, {
      ...{ ask: chat.ask, grader, signal, seed: hashSeed(seed, 'write', at) },
      run: job => box.run(job, signal),
    })
  try {
    while (entries.length < problems.length) {
      const some = problems.slice(entries.length, entries.length + chat.atOnce)
      const found = await Promise.all(some.map((one, i) => next(one, entries.length + i)))
      for (const [i, written] of found.entries()) {
        const { id } = some[i]!
        const entry = { id, missing: 'missing' in written ? written.missing : null }
        const row = 'missing' in written ? '' : jsonLine(rowOf(some[i]!, written.fields))
        journal.append({ out: row }, entry)
        entries.push(entry)
      }
      bar.update(entries.length)
    }
    bar.end('')
    return entries
  } finally {
    journal.close()
    await Promise.all([chat.close(), grader.close(), box.close()])
  }
}

/** A problem as --problems reads it, with what was written. */
function rowOf(problem: Problem, { meta, ...fields }: Readonly<Record<string, Json>>): Json {
  const { id, answer, solution } = problem
  const { source: _, ...own } = problem.meta
  const more = { ...own, ...((meta as Record<string, Json> | undefined) ?? {}) }
  const kept = Object.keys(more).length === 0 ? {} : { meta: more }
  return {
    id,
    question: questionOf(problem),
    answer,
    ...(solution && { solution }),
    ...kept,
    ...fields,
  }
}

function askedBy(args: Given): AskedBy {
  const [server, model] = [chatServer(args), textFlag(args, 'model')]
  if (server !== null && model === null) return { server }
  if (server === null && model !== null) return { model }
  throw new ConfigError(
    'write: name one who is asked: --chat ADDRESS --chat-model NAME, or --model, a model here',
  )
}

async function sourceOf(args: Given): Promise<{ problems: readonly Problem[]; source: Json }> {
  const file = textFlag(args, 'problems')
  const count = args.count === undefined ? null : wholeFlag(args, 'count', 1)
  if (file !== null) {
    const all = await readProblems(file)
    return { problems: all.slice(0, count ?? all.length), source: await fingerprintOfFile(file) }
  }
  const { task } = await openTask(taskSetting(textFlag(args, 'task') ?? carriedTask))
  const difficulty = wholeFlag(args, 'difficulty', 1, 0, 3)
  const problems = takeProblems(task, count ?? 20, { split: 'train', seed: 1, difficulty })
  return { problems, source: { task: task.name, difficulty, count } }
}
