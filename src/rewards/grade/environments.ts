// LaTeX between its delimiters in a text.

import type { Box } from '../../text/boxes.ts'
import { isUnit } from './units.ts'

const latex =
  /\$\$([^$]+)\$\$|\\\[([\s\S]+?)\\\]|\$([^$\n]+)\$|\\\(([^\n]+?)\\\)|(?<=\s|^)\[ ([^\]\n]+?) \]/g

/** The LaTeX of a text in its delimiters, the last of it where there is much. */
export function environments(text: string): Box[] {
  return [...text.matchAll(latex)].slice(-40).map(match => ({
    start: match.index,
    end: match.index + match[0].length,
    content: match.slice(1).find(group => group !== undefined)!,
  }))
}

/** The environment at an index of all, with those that belong to the same list. */
export function joinedEnvironments(text: string, at: 0 | -1): string | null {
  const all = environments(text)
  let [from, to] = at === 0 ? [0, 0] : [all.length - 1, all.length - 1]
  const linked = (i: number) =>
    /^\s*(?:,|;|and|or|, ?and|, ?or)\s*$/.test(text.slice(all[i].end, all[i + 1].start))
  while (from > 0 && linked(from - 1)) from--
  while (to < all.length - 1 && linked(to)) to++
  const after = /^\s*(?:\\?%|percent\b|pct\b)/.test(text.slice(all[to].end))
  const unit =
    /^\s*([a-z]{4,}|cm|km|mm|kg|mph)\b/.exec(text.slice(all[to].end, all[to].end + 20))?.[1] ?? ''
  const list = all.slice(from, to + 1).map(({ content }) => content)
  return list.length > 6
    ? null
    : list.join(' , ') + (after ? '%' : isUnit(unit) ? `\\text{ ${unit}}` : '')
}
