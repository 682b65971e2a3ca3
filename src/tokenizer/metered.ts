// Templates come with models from anywhere, and the library that interprets them sets no bound. Here every step of one
// rendering is counted, with the sizes of what it goes through, and a rendering that takes too many ends. Counting was
// chosen over a clock or a thread of its own: the same template always ends alike, on a busy machine too, and a thread's
// memory limit does not hold where one list is too long.

import { Environment, Interpreter, type Template } from '@huggingface/jinja'

const mostSteps = 5_000_000 // seconds at most; a conversation of a hundred turns takes ten thousand
const mostCharacters = 1_048_576 // of any text on the way; above what any model here reads
const mostNumbers = 1_000_000 // of one range
const charactersPerStep = 32
const turnSteps = 30 // what the library makes for each turn of a loop takes as long
const callSteps = 20 // and for a call

/** The variables that a template reads, by name. */
export type Variables = Readonly<Record<string, unknown>>

/** Renders a parsed template. Throws an Error that says what it asked for, where it failed or took too much. */
export function renderMetered(program: Template['parsed'], variables: Variables): string {
  const environment = new Environment()
  for (const [name, value] of Object.entries(globals)) environment.set(name, value)
  for (const [name, value] of Object.entries(variables)) environment.set(name, value)
  const interpreter = new Metered(environment)
  try {
    return String(interpreter.run(program).value)
  } catch (cause) {
    throw new Error(reason(cause, interpreter.missing), { cause })
  }
}

/** That a template itself refuses what it is given. */
class Refusal extends Error {}

function reason(cause: unknown, missing: string | null): string {
  const { message } = cause as Error
  if (cause instanceof Refusal) return `the template refuses the conversation: ${message}`
  if (cause instanceof Excess || missing === null) return message
  return `${message}; it asks for ${missing}, which is not given: give it in variables, or take another template (--template)`
}

class Excess extends Error {
  constructor(what: string) {
    super(`${what}: does it loop, or is it made to harm? take another template (--template)`)
  }
}

const globals: Variables = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  raise_exception: (message: unknown) => {
    throw new Refusal(String(message))
  },
  range,
  strftime_now: (format: string) => strftime(format, new Date()),
}

/** Python's range, of no more numbers than a template can want. */
function range(first: number, end?: number, step = 1): number[] {
  const [from, to] = end === undefined ? [0, first] : [first, end]
  if (step === 0) throw new Error('range() with a step of 0')
  const count = Math.max(0, Math.ceil((to - from) / step))
  if (!(count <= mostNumbers))
    throw new Excess(`a range of ${count} numbers, more than ${mostNumbers}`)
  return Array.from({ length: count }, (_, i) => from + i * step)
}

/** What templates use of Python's strftime, in English. */
function strftime(format: string, now: Date): string {
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', options).format(now)
  const two = (value: number): string => String(value).padStart(2, '0')
  const parts: Readonly<Record<string, () => string>> = {
    '%Y': () => String(now.getFullYear()),
    '%m': () => two(now.getMonth() + 1),
    '%d': () => two(now.getDate()),
    '%b': () => part({ month: 'short' }),
    '%B': () => part({ month: 'long' }),
    '%a': () => part({ weekday: 'short' }),
    '%A': () => part({ weekday: 'long' }),
    '%H': () => two(now.getHours()),
    '%M': () => two(now.getMinutes()),
    '%S': () => two(now.getSeconds()),
    '%%': () => '%',
  }
  return format.replace(/%[a-zA-Z%]/g, found => parts[found]?.() ?? found)
}

/** A value as the library has it. */
interface Value {
  readonly type: string
  readonly value: unknown
}

/** The parts of the library's nodes that decide how a value is used. */
interface Node {
  readonly type: string
  readonly value?: unknown // of an identifier: its name
  readonly object?: object
  readonly property?: Node
  readonly callee?: Node
  readonly operand?: object
  readonly filter?: Node
  readonly args?: readonly Node[]
  readonly iterable?: Node
  readonly lhs?: object // of what a loop selects from
}

/** The library's interpreter; its own types refer to files that it does not name as Node wants them, and are empty. */
const Library = Interpreter as unknown as new (
  environment: Environment,
) => {
  run(program: Template['parsed']): Value
  evaluate(node: Node | undefined, environment: Environment): Value
}

/** What a value's reader does with it, as steps. */
type Cost = (value: Value, left: number) => number

const free: Cost = () => 0
/** What is printed, compared, joined or sorted is gone through with all that is in it. */
const all: Cost = (value, left) => sizeOf(value, true, left)
const turns: Cost = value => turnSteps * sizeOf(value, false, 0)
/** As many pieces as a text may be cut into at a separator. */
const pieces =
  (separator: Node | undefined): Cost =>
  ({ type, value }) => {
    if (type !== 'StringValue') return 0
    const known = separator?.type === 'StringLiteral' ? String(separator.value).length : 1
    return (value as string).length / Math.max(1, known)
  }
/** As many spaces as a number asks for. */
const spaces: Cost = ({ value }) => (typeof value === 'number' ? value / charactersPerStep : 0)

class Metered extends Library {
  /** The last name that stood for nothing. */
  missing: string | null = null
  private left = mostSteps
  private readonly costs = new WeakMap<object, Cost>()

  override evaluate(node: Node | undefined, environment: Environment): Value {
    this.spend(node?.type === 'CallExpression' ? callSteps : 1)
    if (node) this.expect(node)
    const value = super.evaluate(node, environment)
    const cost = (node && this.costs.get(node)) ?? all
    this.spend(cost(value, this.left))
    if (node?.type === 'Identifier' && value.type === 'UndefinedValue')
      this.missing = String(node.value)
    return value
  }

  /** Notes what is done with the parts of a node; looking one thing up in a value is free. */
  private expect(node: Node): void {
    const { type, object, property, operand, filter, args, callee, iterable } = node
    if (type === 'MemberExpression' && object && property?.type !== 'SliceExpression')
      if (!this.costs.has(object)) this.costs.set(object, free)
    if (type === 'FilterExpression' && operand) this.expectFilter(operand, filter)
    if (type === 'CallExpression' && callee?.object && cuts(callee.property))
      this.costs.set(callee.object, pieces(args?.[0]))
    if (type === 'For' && iterable) this.costs.set(iterable.lhs ?? iterable, turns)
  }

  private expectFilter(operand: object, filter: Node | undefined): void {
    const name = filter?.callee ?? filter
    if (cuts(name)) this.costs.set(operand, pieces(filter?.args?.[0]))
    if (['length', 'count', 'first', 'last'].includes(String(name?.value)))
      this.costs.set(operand, free)
    if (name?.value !== 'indent' && name?.value !== 'tojson') return
    for (const one of filter?.args ?? []) {
      const given = one.type === 'KeywordArgumentExpression' ? one.value : one
      this.costs.set(given as object, spaces)
    }
  }

  private spend(steps: number): void {
    this.left -= steps
    if (this.left < 0) throw new Excess(`rendering takes more than ${mostSteps} steps`)
  }
}

function cuts(name: Node | undefined): boolean {
  return name?.value === 'split' || name?.value === 'replace'
}

/** Steps that going through a value takes; counted no further than `limit`, since values may share their parts. */
function sizeOf({ type, value }: Value, deep: boolean, limit: number): number {
  if (type === 'StringValue') {
    const { length } = value as string
    if (length > mostCharacters)
      throw new Excess(`a text of more than ${mostCharacters} characters`)
    return length / charactersPerStep
  }
  const items = value instanceof Map ? value.values() : Array.isArray(value) ? value : null
  if (items === null) return 0
  let size = value instanceof Map ? value.size : (value as unknown[]).length
  if (!deep) return size
  for (const item of items) {
    if (size > limit) break
    size += sizeOf(item as Value, true, limit - size)
  }
  return size
}
