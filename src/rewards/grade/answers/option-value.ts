// What stands behind the letter of an option: its value, or something that takes the choice back.

/** Another option right after the first, or what is said of it, which is not what it says. */
const said =
  /^\s*(?:(?:and|or|nor|but|if|is|isn't|are|was|because|since|as|so|no|false|wrong|incorrect|except)\b|[,;/&+^_!'*]|\\(?:pm|cdot|times|ne))/

/** Words that doubt or deny an option wherever they stand behind it. */
const doubt =
  /\b(?:not|never|n't|cannot|can't|isn't|doesn't|unless|except|excluded?|excluding|eliminated?|ruled|rejected|rather|instead|maybe|perhaps|possibly|probably|likely|unlikely|hardly|guess(?:ed)?|unsure|uncertain|wrong|incorrect|fails?|failed|impossible|also)\b/i

/** A second option: one with its mark, a letter alone, or one that a word joins. */
const second =
  /\([A-J]\)|(?<![\p{L}\d(_^])[A-J][).:](?=\s|$)|^\s*\(?[A-J]\)?\s*$|\b(?:and|or|nor|than|of|because|since|vs|versus|over|like)\s+\(?[A-HJ]\b/u

/**
 * Whether a text behind an option's letter doubts it, denies it or names another: `is wrong`, `maybe`, `15 C) 18`. A value that
 * needs such a word is not told from that, and counts as such.
 */
export function takesBack(text: string): boolean {
  return said.test(text) || doubt.test(text) || second.test(text)
}
