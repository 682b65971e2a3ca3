// Which elements of an answer belong together.

import type { Answer, Joint } from '../answers/answer.ts'

/** Elements by what stands between them: groups between semicolons before commas, and what "and" joins before "or". */
export function grouped(items: readonly Answer[], joints: readonly Joint[]): Answer {
  if (items.length === 1) return items[0]
  // p and q or r: both of the first, or the last
  if (joints.includes('or') && joints.includes('and') && !joints.some(isMark)) {
    const starts = [0, ...joints.flatMap((joint, i) => (joint === 'or' ? [i + 1] : []))]
    const all = starts.map((from, i) => {
      const to = starts[i + 1] ?? items.length
      return grouped(items.slice(from, to), joints.slice(from, to - 1))
    })
    return { kind: 'list', joint: 'or', items: all }
  }
  if (!joints.includes(';') || joints.every(joint => joint === ';')) {
    const word = joints.find(joint => joint === 'or') ?? joints.find(joint => joint === 'and')
    return { kind: 'list', joint: word ?? joints[0], items }
  }
  const groups: Answer[][] = [[items[0]]]
  for (const [i, joint] of joints.entries()) {
    if (joint === ';') groups.push([])
    groups.at(-1)!.push(items[i + 1])
  }
  return {
    kind: 'list',
    joint: ';',
    items: groups.map(group =>
      grouped(
        group,
        group.slice(1).map(() => ','),
      ),
    ),
  }
}

function isMark(joint: Joint): boolean {
  return joint === ',' || joint === ';'
}
