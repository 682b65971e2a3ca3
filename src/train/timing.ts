import type { Method } from '../method.ts'

/** Seconds that the stages of a method took since they were last asked for. */
export interface StageSeconds {
  readonly sample: number
  readonly reward: number
  readonly credit: number // advantages among it
}

/** The same method, with a clock at every stage but the update. */
export function timed(method: Method): { readonly method: Method; take(): StageSeconds } {
  let seconds = { sample: 0, reward: 0, credit: 0 }
  const clock = (stage: keyof StageSeconds): (() => void) => {
    const started = performance.now()
    return () => {
      seconds[stage] += (performance.now() - started) / 1000
    }
  }
  const now = <T>(stage: keyof StageSeconds, act: () => T): T => {
    const stop = clock(stage)
    const result = act()
    stop()
    return result
  }
  const soon = async <T>(stage: keyof StageSeconds, act: () => Promise<T>): Promise<T> => {
    const stop = clock(stage)
    const result = await act()
    stop()
    return result
  }
  return {
    method: {
      ...method,
      rollouts: (...args) => soon('sample', () => method.rollouts(...args)),
      rewards: Object.assign(
        (...args: Parameters<Method['rewards']>) => soon('reward', () => method.rewards(...args)),
        { begin: method.rewards.begin },
      ),
      credit: (...args) => now('credit', () => method.credit(...args)),
      advantages: (...args) => now('credit', () => method.advantages(...args)),
    },
    take: () => {
      const taken = seconds
      seconds = { sample: 0, reward: 0, credit: 0 }
      return taken
    },
  }
}
