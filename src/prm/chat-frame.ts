// What a chat template puts around what is said. It is rendered once with stand-ins for the texts: what stands between
// these is the template's own.

import { DataError } from '../errors.ts'
import type { ChatTemplate, Message } from '../tokenizer/chat-template.ts'

/** The texts between what user and assistant say in turn, one more than these; `trims`: spaces around these are dropped. */
export interface ChatFrame {
  readonly around: readonly string[]
  readonly trims: boolean
}

const frames = new WeakMap<ChatTemplate, Map<string, ChatFrame>>()

/** The frame of a conversation of `rounds` times user and assistant. A template that hides a turn is a DataError. */
export function chatFrame(
  template: ChatTemplate,
  { system }: { readonly system: string | null },
  rounds: number,
): ChatFrame {
  const known = frames.get(template) ?? new Map<string, ChatFrame>()
  frames.set(template, known)
  const key = JSON.stringify([system, rounds])
  const found = known.get(key) ?? render(template, system, rounds)
  known.set(key, found)
  return found
}

/** Of the area of Unicode for private use: no text holds it by chance. */
const standIn = (turn: number): string => `\uE000${turn}\uE001`

function render(template: ChatTemplate, system: string | null, rounds: number): ChatFrame {
  const opening: Message[] = system === null ? [] : [{ role: 'system', content: system }]
  const turns = Array.from({ length: 2 * rounds }, (_, turn): Message => {
    return { role: turn % 2 === 0 ? 'user' : 'assistant', content: ` ${standIn(turn)} ` }
  })
  const text = template.render([...opening, ...turns], { addGenerationPrompt: false })
  const trims = !text.includes(` ${standIn(0)} `)
  const around: string[] = []
  let from = 0
  for (let turn = 0; turn < turns.length; turn++) {
    const said = trims ? standIn(turn) : ` ${standIn(turn)} `
    const at = text.indexOf(said, from)
    if (at < 0) throw new DataError(`the chat template does not show turn ${turn} as it is given`)
    around.push(text.slice(from, at))
    from = at + said.length
  }
  return { around: [...around, text.slice(from)], trims }
}
