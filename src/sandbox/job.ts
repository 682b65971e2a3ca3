// What code is run as, and what came of it. Whatever the code does to itself is told by `ended`, the same on any machine; what
// depends on the machine is no result, but a VerifierError of who asked.

/** A query, after statements that make the tables it reads. It may read them, and nothing else. */
export interface Query {
  readonly language: 'sql'
  readonly setup: string
  readonly query: string
}

/** A program in JavaScript, and expressions whose values are asked for once it has run. */
export interface Program {
  readonly language: 'javascript'
  readonly code: string
  readonly asks: readonly string[]
}

export type Job = Query | Program

/** What a query found. Whole numbers that a double cannot hold are texts, bytes are texts of hexadecimal digits. */
export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/** How code ended that gave nothing: by an error of its own, or at one of its bounds. */
export interface Stopped {
  readonly ended: 'error' | 'operations' | 'memory' | 'output'
  readonly message: string
}

const longest = 300 // characters of a message

/** Code that gave nothing, and why. */
export function stopped(ended: Stopped['ended'], message: string): Stopped {
  return { ended, message: message.slice(0, longest) }
}

/** A table of a query; of a program the JSON text of each value that was asked for, or why there is none. */
export type Ran =
  | { readonly ended: 'value'; readonly table: Table }
  | { readonly ended: 'value'; readonly values: readonly (string | Stopped)[] }
  | Stopped

/** What code may use. */
export interface Bounds {
  /** Operations of a query, or turns of loops and calls of a program, about. */
  readonly operations: number
  readonly megabytes: number // of memory, at least 16
  readonly characters: number // of what it gives
  readonly milliseconds: number // after which there is no answer, and whoever waits for one is told so
}

/** What the child is asked, and what it tells: that it begins, and what came of it. */
export interface Asked {
  readonly job: Job
  readonly bounds: Bounds
}
export type Told =
  | { readonly kind: 'begun' }
  | { readonly kind: 'ran'; readonly ran: Ran }
  | { readonly kind: 'broken'; readonly message: string }
