// What environments say of rollouts, on its way to whoever judges and learns: outcomes in place of a grader's, named parts,
// and rollouts that count for nothing since their environment failed.

import { VerifierError } from '../errors.ts'
import { hasFailed } from '../groups/talk.ts'
import type { Parts, Rewards, Scorer, Select } from '../method.ts'
import type { Group, Rollout } from '../types.ts'
import type { Failures, Grader } from './grader.ts'
import { all } from './select.ts'

const told = 5 // messages that are kept of those that differ

/**
 * A grader whose rollouts may be judged by their environment, which is asked first. Where all of many have failed it throws
 * VerifierError: there is nothing to learn from, and something to mend.
 */
export function talkedGrader(
  { name, judges = false }: { readonly name: string; readonly judges?: boolean },
  grader: Grader,
): Grader {
  let count = 0
  const messages = new Set<string>()
  const isOpen = ({ rollout }: { readonly rollout: Rollout }): boolean =>
    !hasFailed(rollout) && rollout.talk?.outcome === undefined
  return {
    ...grader,
    name: judges ? name : grader.name,
    gradable: problem => judges || grader.gradable(problem),
    grade: async (answers, signal) => {
      const failed = answers.flatMap(({ rollout }) => rollout.talk?.failed ?? [])
      count += failed.length
      for (const message of failed) if (messages.size < told) messages.add(message)
      if (failed.length > 0 && failed.length === answers.length)
        throw new VerifierError(
          `the environment failed in all of ${failed.length} rollouts: ${failed[0]}`,
        )
      const open = answers.filter(isOpen)
      const found = (open.length === 0 ? [] : await grader.grade(open, signal)).values()
      return answers.map(answer => {
        if (isOpen(answer)) return found.next().value ?? null
        return hasFailed(answer.rollout) ? null : (answer.rollout.talk?.outcome ?? null)
      })
    },
    begin: (answers, signal) => {
      const open = answers.filter(isOpen)
      if (open.length > 0) grader.begin?.(open, signal)
    },
    takeFailures: () => {
      const others = grader.takeFailures() ?? { count: 0, messages: [] }
      const failures: Failures = {
        count: count + others.count,
        messages: [...messages, ...others.messages].slice(0, told),
      }
      count = 0
      messages.clear()
      return failures
    },
  }
}

/** Named parts of what environments gave; null where one gave none of that name. */
export function talkedParts<K extends string>(names: readonly K[]): Scorer<Parts<K>> {
  return async groups =>
    groups.map(({ rollouts }) => {
      const found = names.map(name => [name, rollouts.map(({ talk }) => talk?.parts[name] ?? null)])
      return { parts_G: Object.fromEntries(found) as Parts<K>['parts_G'] }
    })
}

/** A scorer that also finds all named parts that environments gave, but for those that it finds itself. */
export function withTalkedParts<R extends Rewards>(scorer: Scorer<R>): Scorer<R> {
  const found: Scorer<R> = async (groups, signal) => {
    const rewards_P = await scorer(groups, signal)
    return Promise.all(rewards_P.map((rewards, p) => withParts(groups[p]!, rewards)))
  }
  return Object.assign(found, { begin: scorer.begin })
}

async function withParts<R extends Rewards>(group: Group, rewards: R): Promise<R> {
  const names = new Set(group.rollouts.flatMap(({ talk }) => Object.keys(talk?.parts ?? {})))
  if (names.size === 0) return rewards
  const [{ parts_G }] = (await talkedParts([...names])([group])) as [Parts]
  return { ...rewards, parts_G: { ...parts_G, ...rewards.parts_G } }
}

/** What a method selects, without rollouts whose environment failed. */
export function withoutFailed<R>(
  select: Select<R> = ({ groups_P }) => groups_P.map(all),
): Select<R> {
  return batch =>
    select(batch).map((chosen, p) =>
      chosen.filter(g => !hasFailed(batch.groups_P[p]!.rollouts[g]!)),
    )
}
