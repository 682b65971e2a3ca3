// What is known of a problem by the procedural task that made it, if one did.

import { environments } from '../../environments/index.ts'
import type { StepOracle } from '../../prm/label/labelled.ts'
import type { Mutate } from '../../prm/label/mutation.ts'
import type { Answers } from '../../prm/label/run.ts'
import { mutateStep } from '../../problems/mutate.ts'
import { type Task, tasks } from '../../problems/tasks/index.ts'
import { isRight } from '../../rewards/grader.ts'
import { BoundedTalk } from '../../rollouts/bounded-talk.ts'
import type { Problem } from '../../types.ts'

/** What tasks know of problems: one that is given of all of them, else the carried one that made a problem. */
export interface TaskKnowledge {
  /** The oracle of a problem's task; null where no known task made it, or that has none. */
  readonly oracleOf: (problem: Problem) => StepOracle | null
  /** Mistakes of a problem's task; where none are known, changes of a number. */
  readonly mutateOf: (problem: Problem) => Mutate
}

/** What is known where all problems are of one task, or, where it is null, of any. */
export function taskKnowledge(task: Task | null): TaskKnowledge {
  const familyOf = ({ meta }: Problem): Task | null =>
    task ?? (typeof meta.task === 'string' ? (tasks.get(meta.task) ?? null) : null)
  return {
    oracleOf: problem => familyOf(problem)?.oracle ?? null,
    mutateOf: problem => {
      const family = familyOf(problem)
      if (family?.mistake) return family.mistake
      const { wrongStep } = family ?? {}
      if (!wrongStep) return (_, steps, index, random) => mutateStep(steps[index]!, random)
      return (...asked) => {
        const text = wrongStep(...asked)
        return text === null ? null : { text, kind: null }
      }
    },
  }
}

/** Whether texts are right by the carried environment of that name, asked as at the end of a rollout; null where it fails. */
export function answersOf(name: string): Answers {
  const environment = environments.find(one => one.name === name)!
  return async (problem, text) => {
    const talk = new BoundedTalk(environment, problem, 0)
    await talk.reply(text, () => null)
    const { outcome = null } = await talk.score()
    return outcome === null ? null : isRight(outcome)
  }
}
