// `minform prm audit`: what a judge of steps makes of answers that solve nothing.

import { existsSync } from 'node:fs'
import { defineCommand } from 'citty'
import { readText } from '../../data/plain-file.ts'
import { ConfigError, VerifierError } from '../../errors.ts'
import { audit } from '../../prm/audit/audit.ts'
import { cardText, rewardCard } from '../../prm/audit/card.ts'
import { readProblems } from '../../problems/read-problems.ts'
import { tasks } from '../../problems/tasks/index.ts'
import { openCorpus } from '../../train/corpus.ts'
import { wholeFlag } from '../flags.ts'
import { placeSection } from '../model.ts'
import { promptArgs, promptSection } from '../training/prompt.ts'
import { openAskingScorer } from './asking-scorer.ts'
import { auditTable } from './audit-table.ts'
import { tellSpending } from './score.ts'
import { judgeSection, scorerArgs } from './scorer-flags.ts'

const command = defineCommand({
  meta: {
    name: 'audit',
    description: 'Scores of known hacks beside those of the worked solutions they are made of',
  },
  args: {
    ...scorerArgs,
    task: {
      type: 'string',
      valueHint: 'name',
      description: `problems of a task: ${[...tasks.keys()].join(', ')}; default nested-arithmetic`,
    },
    difficulty: {
      type: 'string',
      valueHint: 'number',
      description: 'of the task, 0 to 3; default 1',
    },
    problems: {
      type: 'string',
      valueHint: 'file',
      description: 'JSON Lines file of problems with solutions, instead',
    },
    count: { type: 'string', valueHint: 'count', description: 'problems; default 40' },
    ...promptArgs,
    seed: { type: 'string', valueHint: 'number', description: 'default 1' },
    json: { type: 'boolean', description: 'print JSON' },
  },
  async run({ args }) {
    const file = args.problems ?? null
    for (const name of ['task', 'difficulty'] as const)
      if (file !== null && args[name])
        throw new ConfigError(`--${name} does not go with --problems`)
    const task = args.task ?? args.oracle ?? 'nested-arithmetic'
    const difficulty = wholeFlag(args, 'difficulty', 1, 0, 3)
    const [count, seed] = [wholeFlag(args, 'count', 40), wholeFlag(args, 'seed', 1, 0)]
    const corpus = await openCorpus({ task, difficulty, problemsFile: file, testFile: null })
    const problems =
      file === null
        ? corpus.validation(count)
        : (await readProblems(file)).filter(({ solution }) => solution !== null).slice(0, count)
    const scorer = await openAskingScorer(args, corpus.frame)
    try {
      const found = await audit(scorer, problems, { mutate: corpus.mutate, seed })
      const where = file ?? `${task}, difficulty ${difficulty}`
      const card = rewardCard(
        scorer,
        trainingOf(args.prm),
        `${problems.length} problems of ${where}`,
      )
      const text = `${auditTable(found)}\n${cardText(card)}`
      process.stdout.write(args.json ? `${JSON.stringify({ ...found, card })}\n` : text)
      if (found.verdict !== 'refuse') return
      const refused = found.rows.filter(({ verdict }) => verdict === 'refuse')
      throw new VerifierError(
        `${scorer.name} is no reward to learn from: it fails on ${refused.map(({ name }) => name).join(', ')}`,
      )
    } finally {
      await scorer.close()
      tellSpending(scorer)
    }
  },
})

/** What `prm train` wrote beside the model that it made; null where it is not there. */
function trainingOf(folder: string | undefined): unknown {
  const file = `${folder}-training/config.json`
  return folder !== undefined && existsSync(file) ? JSON.parse(readText(file)) : null
}

export default { ...command, sections: [promptSection, placeSection, judgeSection] }
