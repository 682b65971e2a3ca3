// Steps in one text, each closed by a tag, as Math-Shepherd writes them.

/** The tags of published files: Math-Shepherd's, and the one of openr's rows for Qwen. */
export const stepTags = ['ки', '\n\n\n\n\n'] as const

/** A step without its `Step 3:` and the white space around it. */
export function bareStep(text: string): string {
  return text.replace(/^\s*Step \d+:/, '').trim()
}
