import { tmpdir } from 'node:os'
import type { Device } from '../engine.ts'

/**
 * Sets what a device's driver looks for in the environment. Drivers of Vulkan complain of a missing XDG_RUNTIME_DIR on
 * standard error, in the midst of what a command says. Only the main thread can set what native code reads.
 */
export function settleDrivers(device: Device | undefined): void {
  if (device === 'webgpu' && process.platform === 'linux') process.env.XDG_RUNTIME_DIR ??= tmpdir()
}
