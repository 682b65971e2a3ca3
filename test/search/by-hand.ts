// Searches answered by hand: a world says how a path goes on and what its steps are worth, and no model is asked.

import type { Extension, Path } from '../../src/rollouts/extend.ts'
import { unbegun } from '../../src/rollouts/extend.ts'
import type { Ask, Candidate, Conversation, Reply, Search } from '../../src/search/search.ts'
import type { Step } from '../../src/types.ts'

export interface World {
  /** The paths that an extension gives. */
  extend(asked: Extension): readonly Path[]
  score?(path: Path): readonly (number | null)[] // of all steps
  same?(texts: readonly string[]): readonly (number | null)[]
  say?(path: Path, words: string): Path
}

/** A path of these steps, a token each. */
export function pathOf(
  texts: readonly string[],
  stop: Path['stop'],
  ids?: readonly number[],
): Path {
  const steps = texts.map((text, s): Step => ({ start: s, end: s + 1, text, state: 'complete' }))
  return {
    ...unbegun(Int32Array.of(0)),
    ids: Int32Array.from(ids ?? texts.map(text => text.charCodeAt(text.length - 1))),
    text: texts.join('\n\n'),
    steps,
    stop,
  }
}

/** Runs a conversation to its end; gives its value and all that it asked. */
export function answered<T>(
  conversation: Conversation<T>,
  world: World,
): { readonly value: T; readonly asks: readonly Ask[] } {
  const asks: Ask[] = []
  for (let turn = conversation.next(); ; ) {
    if (turn.done) return { value: turn.value, asks }
    asks.push(...turn.value)
    turn = conversation.next(turn.value.map(ask => replyOf(ask, world)))
  }
}

function replyOf(ask: Ask, world: World): Reply {
  if (ask.kind === 'extend') return world.extend(ask)
  if (ask.kind === 'same') return world.same!(ask.texts)
  if (ask.kind === 'say') return world.say!(ask.path, ask.words)
  return world.score!(ask.path).slice(ask.known.length)
}

/** What a search finds from nothing. */
export function found(search: Search, world: World, seed = 1): readonly Candidate[] {
  return answered(search(unbegun(Int32Array.of(0)), seed), world).value
}

/**
 * A tree whose nodes have children a, b, c, ... down to a depth; way i of an extension is child i, counted around. A step's
 * score is that of the text of its path up to it.
 */
export function treeWorld(
  branches: number,
  depth: number,
  scoreOf: (text: string) => number,
): World {
  const grow = (texts: readonly string[], i: number): string[] => [
    ...texts,
    String.fromCharCode(97 + (i % branches)),
  ]
  const pathAt = (texts: readonly string[]): Path =>
    pathOf(texts, texts.length === depth ? 'stop' : 'paused')
  return {
    extend: ({ from, n, until }) =>
      Array.from({ length: n }, (_, i) => {
        let texts = grow(
          from.steps.map(({ text }) => text),
          i,
        )
        while (until === 'end' && texts.length < depth) texts = grow(texts, 0)
        return pathAt(texts)
      }),
    score: ({ steps }) =>
      steps.map((_, s) =>
        scoreOf(
          steps
            .slice(0, s + 1)
            .map(({ text }) => text)
            .join(''),
        ),
      ),
    same: texts => texts.map((_, i) => i),
  }
}
