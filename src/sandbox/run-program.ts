// Programs in QuickJS, each in an instance of WebAssembly of its own: what one leaves behind, or breaks, no other meets. It
// has the language and nothing else: no files, no network, no modules, and neither clock nor chance, so that it ends the same
// wherever it runs.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import variant from '@jitl/quickjs-wasmfile-release-sync'
import {
  DefaultIntrinsics,
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core'
import { Budget } from './budget.ts'
import { type Bounds, type Program, type Ran, type Stopped, stopped } from './job.ts'
import { boundedMemory, compiled, isTrap } from './wasm.ts'

const operationsOfATurn = 10_000 // after which QuickJS asks whether to go on
const stack = 128 * 1024 // bytes: less than what would overflow the stack of this process

let machine: Promise<object> | null = null

/** Runs a program within bounds, then works out what is asked. */
export async function runProgram({ code, asks }: Program, bounds: Bounds): Promise<Ran> {
  machine ??= opened()
  // QuickJS does not count what it allocates in small pieces: the bound that holds is that of the instance's memory
  const wasmMemory = boundedMemory(bounds.megabytes)
  const own = newVariant(variant as unknown as QuickJSSyncVariant, {
    wasmModule: await machine,
    wasmMemory,
  })
  const quickJs = await newQuickJSWASMModuleFromVariant(own)
  const runtime = quickJs.newRuntime()
  runtime.setMaxStackSize(stack)
  runtime.setMemoryLimit(bounds.megabytes * 2 ** 20)
  const budget = new Budget(bounds, operationsOfATurn)
  runtime.setInterruptHandler(() => budget.turn())
  const context = runtime.newContext({ intrinsics: { ...DefaultIntrinsics, Date: false } })
  context.unwrapResult(context.evalCode('delete Math.random'))
  const reader = new Reader(context, budget, bounds.characters)
  const begun = reader.evaluated(code)
  if ('ended' in begun) return begun
  // the instance is left to the collector: a program that broke it cannot break the next
  return { ended: 'value', values: asks.map(ask => reader.asked(ask)) }
}

async function opened(): Promise<object> {
  const file = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm')
  return compiled(await readFile(file))
}

/** Evaluates texts in a context, whose own JSON.stringify is taken before any of its code has run. */
class Reader {
  private readonly context: QuickJSContext
  private readonly budget: Budget
  private readonly stringify: QuickJSHandle
  private left: number // characters

  constructor(context: QuickJSContext, budget: Budget, characters: number) {
    this.context = context
    this.budget = budget
    this.left = characters
    this.stringify = context.unwrapResult(context.evalCode('JSON.stringify'))
  }

  evaluated(code: string): QuickJSHandle | Stopped {
    return this.caught(() => this.context.evalCode(code, 'program.js'))
  }

  /** The JSON text of an expression's value; 'null' of what JSON has no word for. */
  asked(expression: string): string | Stopped {
    const value = this.evaluated(`(${expression}\n)`)
    if ('ended' in value) return value
    const { context, stringify } = this
    const text = this.caught(() => context.callFunction(stringify, context.undefined, value))
    if ('ended' in text) return text
    if (context.typeof(text) !== 'string') return 'null'
    const said = context.getString(text)
    this.left -= said.length
    return this.left >= 0 ? said : stopped('output', `gave ${said.length} characters`)
  }

  private caught(call: () => ReturnType<QuickJSContext['evalCode']>): QuickJSHandle | Stopped {
    try {
      const result = call()
      if (!result.error) return result.value
      if (this.budget.isSpent) return stopped('operations', 'did not come to an end')
      if (this.budget.isLate) throw new Error('it took too long')
      return this.errorOf(result.error)
    } catch (error) {
      // nested too deep for this process, or for the instance: the program's own doing
      if (isTrap(error)) return stopped('memory', String(error))
      throw error
    }
  }

  private errorOf(error: QuickJSHandle): Stopped {
    const { context } = this
    const found: unknown = context.dump(error) // may run code of the program, which is bounded too
    const { name, message } = (found ?? {}) as { name?: unknown; message?: unknown }
    const full = name === 'InternalError' && /out of memory|overflow/.test(String(message))
    if (full || found === '') return stopped('memory', 'needs more memory than it may have')
    if (typeof found === 'object' && found !== null)
      return stopped('error', `${String(name)}: ${String(message)}`)
    return stopped('error', `threw ${String(found)}`)
  }
}
