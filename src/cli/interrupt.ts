/** A signal that the first Ctrl-C (or SIGTERM) aborts; the second one ends the process at once. */
export function interruptible(say: (line: string) => void): {
  readonly signal: AbortSignal
  release(): void
} {
  const controller = new AbortController()
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      // by the signal itself: an exit would wait for, or tear down, threads that are inside the tensor library
      process.off(name, onSignal)
      process.kill(process.pid, name)
      return
    }
    say('stopping after what is in hand; Ctrl-C again stops at once')
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: controller.signal,
    release: () => {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}
