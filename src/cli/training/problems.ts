import { ConfigError } from '../../errors.ts'
import { tasks } from '../../problems/tasks/index.ts'
import { taskSetting } from '../../user/task.ts'
import { type Given, textFlag, wholeFlag } from '../flags.ts'
import { group } from './group.ts'

export const carriedTask = 'nested-arithmetic' // what the models in models/ were made for

/** What a run learns from. */
export const problemFlags = group({
  title: 'problems',
  args: {
    task: {
      type: 'string',
      valueHint: 'name',
      description: `procedural task: ${[...tasks.keys()].join(', ')}, or a file of code; default ${carriedTask}`,
    },
    difficulty: {
      type: 'string',
      valueHint: 'number',
      description: 'of the task, 0 to 3; default 1',
    },
    problems: {
      type: 'string',
      valueHint: 'file',
      description: 'file of problems, instead of a task: JSON Lines, a JSON array or Parquet',
    },
    test: {
      type: 'string',
      valueHint: 'file',
      description: 'file of problems to report; default a tenth',
    },
  },
  read: problemsOf,
  told: ({ problemsFile, testFile, task, difficulty }) => ({
    task,
    difficulty: difficulty === null ? null : String(difficulty),
    problems: problemsFile,
    test: testFile,
  }),
})

/** The problems that flags name, which every recipe may have. */
export function problemsOf(args: Given) {
  const problemsFile = textFlag(args, 'problems')
  for (const name of ['task', 'difficulty']) {
    if (problemsFile !== null && args[name])
      throw new ConfigError(`--${name} does not go with --problems`)
  }
  const named = problemsFile === null
  return {
    task: named ? taskSetting(textFlag(args, 'task') ?? carriedTask) : null,
    difficulty: named ? wholeFlag(args, 'difficulty', 1, 0, 3) : null,
    problemsFile,
    testFile: textFlag(args, 'test'),
  }
}
