// What a chat model writes before a run: questions in other words, rubrics, solutions, tasks. What it does not write is left out and
// counted; it is never made up.

import type { Run } from '../environments/judging.ts'
import type { Grader } from '../rewards/grader.ts'
import type { Ask } from '../rewards/remote/chat.ts'
import type { Json, Problem } from '../types.ts'

/** What an author works with. */
export interface Desk {
  readonly ask: Ask
  readonly grader: Pick<Grader, 'grade'>
  readonly run: Run // code, in the sandbox
  readonly seed: number
  readonly signal?: AbortSignal
}

/** Fields of the problem's row, in the place of its own or beside them; or why nothing was written. */
export type Written =
  | { readonly fields: Readonly<Record<string, Json>> }
  | { readonly missing: string }

/** Writes for one problem. */
export interface Author {
  readonly about: string
  write(problem: Problem, desk: Desk): Promise<Written>
}

/** The question of a problem inside tags, as material. */
export function asMaterial({ question, prompt }: Problem): string {
  return `<problem>\n${(question ?? prompt).trim()}\n</problem>`
}

/** What stands between the last tags of a name; null where none do. */
export function inTags(text: string, name: string): string | null {
  const found = [...text.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].at(-1)
  return found?.[1]?.trim() || null
}
