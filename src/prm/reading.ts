// A solution as a process reward model reads it: the tokens that its layout makes, and where in them each step is judged.
// Training labels those tokens, scoring reads them.

import { DataError, EngineError } from '../errors.ts'
import type { ChatTemplate } from '../tokenizer/chat-template.ts'
import { encodePieces } from '../tokenizer/encode-pieces.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import { chatFrame } from './chat-frame.ts'
import { type PrmLayout, showsWholePrompt } from './layout.ts'
import type { Solution } from './solution.ts'

/** What a layout needs to know of the model's tokens. */
export interface Tokens {
  readonly tokenizer: Tokenizer
  readonly bosId: number | null // of the token that begins a text
  readonly chat: () => ChatTemplate // a DataError where the model has none
}

/** A solution's tokens. */
export interface Reading {
  readonly ids: Int32Array
  readonly promptLength: number // tokens before the first step
  readonly reads_S: readonly number[] // the token at which each step is judged
  readonly ends_S: readonly number[] // exclusive: steps tile what follows the prompt, each with what closes it
}

export interface ReadingOptions {
  /** What a step that holds the layout's mark, or makes one with its last characters, is: a DataError, or read as it is. */
  readonly separators?: 'refuse' | 'keep' | undefined // default refuse
  readonly from?: number // steps before it are not shown; default 0
  readonly to?: number // exclusive; default all
}

/** One text to encode, and what it is of its step. */
interface Piece {
  readonly text: string
  readonly kind: 'frame' | 'step' | 'mark' | 'label'
}

/** The tokens of a solution. Steps that cannot be told apart are a DataError, labels of several tokens an EngineError. */
export function readingOf(
  solution: Solution,
  layout: PrmLayout,
  tokens: Tokens,
  { separators = 'refuse', from = 0, to = solution.steps.length }: ReadingOptions = {},
): Reading {
  if (separators === 'refuse') refuseMarks(solution, layout)
  const shown = { ...solution, steps: solution.steps.slice(from, to) }
  // else another step follows, unseen
  const final = to === solution.steps.length && !closedAndGoesOn(solution)
  const pieces = piecesOf(shown, layout, tokens, { from, final })
  const { ids, lasts } = encoded(pieces, layout, tokens)
  const ended = final && solution.ended !== false && shown.steps.length > 0
  const closes = ended && layout.step.last === 'end'
  return located({ ids, lasts, pieces }, layout, tokens, closes)
}

function closedAndGoesOn({ ended = true, goesOn = false }: Solution): boolean {
  return goesOn && ended
}

function refuseMarks({ id, steps }: Solution, { step: { mark } }: PrmLayout): void {
  if (mark === '') return
  const at = steps.findIndex(text => `${text}${mark}`.indexOf(mark) < text.length)
  if (at < 0) return
  throw new DataError(
    `solution ${id}: step ${at} holds the separator ${JSON.stringify(mark)}, which would close it early; ` +
      `split it there, or have separators kept as they are`,
  )
}

/** The prompt's frame, then of each step its text, its mark and its label, with frames between them. */
function piecesOf(
  { problem, steps }: Solution,
  layout: PrmLayout,
  { chat }: Tokens,
  { from, final }: { readonly from: number; readonly final: boolean },
): Piece[] {
  const { prompt, step, score } = layout
  const shown = showsWholePrompt(layout) ? problem.prompt : (problem.question ?? problem.prompt)
  const label: Piece = {
    text: score.head === 'labels' && score.written ? score.right : '',
    kind: 'label',
  }
  const body = steps.map((text, s): [Piece, Piece] => {
    const marked = !final || s < steps.length - 1 || step.last === 'mark'
    const before = step.before.replaceAll('{n}', String(from + s + 1))
    return [
      { text: before + text, kind: 'step' },
      { text: marked ? step.mark : '', kind: 'mark' },
    ]
  })
  if (prompt.form === 'turns') {
    const { around, trims } = chatFrame(chat(), prompt, steps.length)
    return body.flatMap((own, s) => [
      frame(around[2 * s]!),
      ...said(trims, [frame(s === 0 ? shown + prompt.join : ''), ...own]),
      frame(around[2 * s + 1]!),
      ...said(trims, [label]),
      frame(s === steps.length - 1 ? around[2 * s + 2]! : ''),
    ])
  }
  const all = body.flatMap((own, s) => {
    return [...own, label, frame(s === steps.length - 1 ? '' : step.between)]
  })
  if (prompt.form === 'text') return [frame(prompt.before + shown + prompt.after), ...all]
  const { around, trims } = chatFrame(chat(), prompt, 1)
  const asked = around[0]! + (trims ? shown.trim() : shown) + around[1]!
  return [frame(asked), ...said(trims, all), frame(around[2]!)]
}

function frame(text: string): Piece {
  return { text, kind: 'frame' }
}

/** The pieces of one turn, without the spaces around them where the template drops these. */
function said(trims: boolean, pieces: readonly Piece[]): readonly Piece[] {
  if (!trims) return pieces
  const first = pieces.findIndex(({ text }) => text.trim() !== '')
  const last = pieces.findLastIndex(({ text }) => text.trim() !== '')
  return pieces.map(({ text, kind }, i) => {
    if (i < first || i > last) return { text: '', kind }
    const begun = i === first ? text.trimStart() : text
    return { text: i === last ? begun.trimEnd() : begun, kind }
  })
}

function encoded(
  pieces: readonly Piece[],
  { prompt, encoding }: PrmLayout,
  { tokenizer, bosId }: Tokens,
): { readonly ids: number[]; readonly lasts: number[] } {
  const texts = pieces.map(({ text }) => text)
  const groups =
    encoding === 'whole'
      ? [texts]
      : encoding === 'parts'
        ? texts.map(text => [text])
        : [texts.slice(0, 1), texts.slice(1)]
  const begins = prompt.form === 'text' && prompt.bos && bosId !== null
  const ids: number[] = begins ? [bosId] : []
  const lasts: number[] = []
  for (const group of groups) {
    const found = encodePieces(tokenizer, group)
    for (const last of found.lasts) lasts.push(ids.length + last)
    for (const id of found.ids) ids.push(id)
  }
  return { ids, lasts }
}

/** Where steps end and are read. */
function located(
  { ids, lasts, pieces }: { ids: number[]; lasts: readonly number[]; pieces: readonly Piece[] },
  { read }: PrmLayout,
  { tokenizer }: Tokens,
  closes: boolean, // whether the token that ends a text closes the last step
): Reading {
  const reads_S: number[] = []
  const ends_S: number[] = []
  let [own, mark] = [-1, -1]
  pieces.forEach(({ kind, text }, i) => {
    const last = lasts[i]!
    if (kind === 'step') own = last
    if (kind === 'mark') mark = last
    if (kind !== 'label') return
    if (text !== '') requireLabel(ids, lasts, i, text, tokenizer)
    reads_S.push(text !== '' ? last - 1 : read === 'step' ? own : mark)
    ends_S.push(last + 1)
  })
  const first = pieces.findIndex(({ kind }) => kind === 'step')
  const promptLength = first > 0 ? lasts[first - 1]! + 1 : ids.length
  if (closes) {
    const end = ids.push(tokenizer.eosId)
    ends_S[ends_S.length - 1] = end
    if (read === 'mark') reads_S[reads_S.length - 1] = end - 1
  }
  return { ids: Int32Array.from(ids), promptLength, reads_S, ends_S }
}

/** A label's probability can be asked for only where it is one token of its own. */
function requireLabel(
  ids: readonly number[],
  lasts: readonly number[],
  piece: number,
  text: string,
  tokenizer: Tokenizer,
): void {
  const own = tokenizer.encode(text)
  const last = lasts[piece]!
  if (own.length === 1 && ids[last] === own[0] && lasts[piece - 1]! < last) return
  throw new EngineError(
    `the label ${JSON.stringify(text)} is not one token after a step's mark; it cannot be read there`,
  )
}
