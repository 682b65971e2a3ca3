/**
 * Numbers for answers, from 0 in order of appearance, the same for answers that are equal; null for no answer. An answer is
 * of the first class whose first member `equal` says it equals, so that it is asked once a class at most.
 */
export async function answerClasses(
  answers_N: readonly (string | null)[],
  equal: (known: string, answer: string) => Promise<boolean>,
): Promise<(number | null)[]> {
  const known: string[] = []
  const seen = new Map<string, number>()
  const classes: (number | null)[] = []
  for (const answer of answers_N) {
    if (answer === null) {
      classes.push(null)
      continue
    }
    const found = seen.get(answer) ?? (await firstEqual(known, answer, equal))
    const one = found < 0 ? known.push(answer) - 1 : found
    seen.set(answer, one)
    classes.push(one)
  }
  return classes
}

async function firstEqual(
  known: readonly string[],
  answer: string,
  equal: (known: string, answer: string) => Promise<boolean>,
): Promise<number> {
  for (const [i, one] of known.entries()) if (await equal(one, answer)) return i
  return -1
}
