// WebAssembly as far as it is used here: the types of Node do not name it.

interface Here {
  readonly Memory: new (size: { initial: number; maximum: number }) => object
  readonly RuntimeError: new () => Error
  compile(bytes: Uint8Array): Promise<object>
}

const here = (globalThis as unknown as { readonly WebAssembly: Here }).WebAssembly
const page = 65_536 // bytes
const initial = 256 // pages: what both machines need to start

/** Memory that grows to so many megabytes and no further, whatever the code in it asks for; 16 at first. */
export function boundedMemory(megabytes: number): object {
  const maximum = Math.max(initial, Math.floor((megabytes * 2 ** 20) / page))
  return new here.Memory({ initial, maximum })
}

/** A module, to be started more than once. */
export function compiled(bytes: Uint8Array): Promise<object> {
  return here.compile(bytes)
}

/** Whether the machine itself gave up: nested too deep, or broken by what ran in it. */
export function isTrap(error: unknown): boolean {
  return error instanceof RangeError || error instanceof here.RuntimeError
}
