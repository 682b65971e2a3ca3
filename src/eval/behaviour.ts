// What a policy's samples are like, beside whether they are right: how different they are, and whether they reason in code.

import { mean } from '../numbers/numeric.ts'
import { passAtKS } from './pass-at-k.ts'

/** What the samples of one problem are like. */
export interface Behaviour {
  readonly code: number // samples that reason in code: they speak of python (arXiv:2506.10947, section 4)
  readonly distinct: number // right samples of different texts
  readonly equations: number // different ones in all samples
  readonly answers: number // entropy of the answers, in nats; none is an answer too
}

/** The answer of a text; null where it has none. */
export type ReadAnswer = (text: string) => string | null

/** What samples of one problem are like; `right_G` says which are right, `read` reads an answer, null: a text is one. */
export function behaviourOf(
  text_G: readonly string[],
  right_G: readonly (boolean | null)[],
  read: ReadAnswer | null,
): Behaviour {
  return {
    code: text_G.filter(text => /python/i.test(text)).length,
    distinct: new Set(text_G.filter((_, g) => right_G[g] === true).map(text => text.trim())).size,
    equations: new Set(text_G.flatMap(equationsIn)).size,
    answers: entropyOf(text_G.map(text => (read === null ? text : read(text))?.trim() ?? '')),
  }
}

const left = /(?:\d+(?:[.,]\d+)*|\b[a-zA-Z]\b|\\[a-zA-Z]+|[-+*/^()×÷%{} ])+$/
const right = /^(?:\d+(?:[.,]\d+)*|\b[a-zA-Z]\b|\\[a-zA-Z]+|[-+*/^()×÷%{} ])+/

/** The equations of a text, without their spaces: what stands to both sides of each =, as far as it is mathematics. */
export function equationsIn(text: string): string[] {
  return text.split('\n').flatMap(line => {
    const sides = line.split('=')
    return sides.slice(1).flatMap((after, i) => {
      const found = [left.exec(sides[i]!)?.[0], right.exec(after)?.[0]]
      const [a = '', b = ''] = found.map(side => side?.replaceAll(/\s|[.,]$/g, ''))
      return a === '' || b === '' ? [] : [`${a}=${b}`]
    })
  })
}

/** Entropy of how often values come, in nats; 0 of none. */
export function entropyOf(values: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()]
    .map(count => count / values.length)
    .reduce((sum, share) => sum - share * Math.log(share), 0)
}

/** Means over problems; NaN of none. */
export interface BehaviourReport {
  readonly code: number // share of samples
  readonly equations: number // different ones of a problem
  readonly answers: number // entropy of a problem's answers, in nats
  readonly tokens: number | null // entropy of what a token was drawn from, in nats; null where it was not read
  /** Problems with at least so many right samples of different texts (arXiv:2412.17256, section 2). */
  readonly distinct: readonly { readonly least: number; readonly share: number }[]
}

interface Seen {
  readonly samples: number
  readonly behaviour?: Behaviour
  readonly entropy?: number | null
}

/** What samples are like over problems; null where nobody looked. */
export function behaviourReport(seen_P: readonly Seen[]): BehaviourReport | null {
  const looked = seen_P.flatMap(({ samples, behaviour, entropy }) =>
    behaviour === undefined || samples === 0 ? [] : [{ samples, entropy, ...behaviour }],
  )
  if (looked.length === 0) return null
  const read = looked.flatMap(({ entropy }) => (entropy == null ? [] : [entropy]))
  const most = Math.min(...looked.map(({ samples }) => samples))
  const leasts = Array.from({ length: 1 + Math.floor(Math.log2(most)) }, (_, i) => 2 ** i)
  return {
    code: mean(looked.map(({ code, samples }) => code / samples)),
    equations: mean(looked.map(({ equations }) => equations)),
    answers: mean(looked.map(({ answers }) => answers)),
    tokens: read.length === 0 ? null : mean(read),
    distinct: leasts.map(least => ({
      least,
      share: mean(looked.map(one => passAtKS(one.samples, one.distinct, one.samples, least))),
    })),
  }
}
