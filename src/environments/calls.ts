// How a policy calls a tool in its text: `{name word word=}`. The form is one that any tokenizer of arithmetic spells.

/** What ends a call, and what the policy waits behind. */
export const closing = '=}'

const last = /\{([^{}=]*)=\}[^{}]*$/
const each = /\{([^{}=]*)=\}/g

/** What stands in the last call of a text; empty where nothing that can be read does. */
export function lastCall(text: string): string {
  return last.exec(text)?.[1] ?? ''
}

/** What stands in each call of a text, in order. */
export function callsIn(text: string): string[] {
  return [...text.matchAll(each)].map(([, inside]) => inside!)
}
