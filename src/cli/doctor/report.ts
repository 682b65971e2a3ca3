import { textTable } from '../../plot/text-table.ts'
import { formatDuration } from '../progress.ts'
import type { AskedModel, Diagnosis } from './diagnosis.ts'
import { type Estimate, rollouts } from './estimates.ts'
import type { HubPlace, Machine } from './machine.ts'

/** What doctor found, for people. */
export function doctorText(found: Diagnosis, version: string): string {
  const { machine, devices, threads, sizes, model } = found
  const { total, available } = machine.memory
  const lines = [
    `minform ${version}, Node ${machine.node}, ${machine.system}`,
    `cores    ${machine.cores}; ${threads} threads are measured`,
    `memory   ${gigabytes(total)} GB, ${gigabytes(available)} GB of it available`,
    ...machine.disks.map(
      ({ what, path, free }) =>
        `disk     ${free === null ? '?' : gigabytes(free)} GB free for ${what}: ${path}`,
    ),
    `hub      ${hubText(machine.hub)}`,
    `install  ${postInstallText(machine)}`,
    ...devices.map(({ device, gflops, why }) =>
      gflops === null
        ? `${device.padEnd(8)} does not compute: ${why}`
        : `${device.padEnd(8)} computes: products of matrices at ${gflops.toPrecision(3)} GFLOPS`,
    ),
    ...(sizes.length > 0 ? ['', ...sizeLines(sizes, machine)] : []),
    ...(model === null ? [] : ['', modelText(model, machine)]),
  ]
  return `${lines.join('\n')}\n`
}

function hubText(hub: HubPlace): string {
  if ('problem' in hub) return hub.problem
  const token = hub.token ? 'a token is set' : 'no token is set'
  return `${hub.endpoint}${hub.offline ? ', which is not asked: HF_HUB_OFFLINE is set' : ''}; ${token}`
}

function postInstallText({ postInstall: { expected, missing }, system }: Machine): string {
  if (expected.length === 0) return `nothing is fetched after installing on ${system}`
  return missing.length === 0
    ? 'the CUDA files of the tensor library are there'
    : 'the CUDA files of the tensor library are not there (docs/install.md); the others need none'
}

function sizeLines(sizes: readonly Estimate[], { memory }: Machine): string[] {
  const { problems, samples, tokens } = rollouts
  const cell = (bytes: number): string =>
    `${gigabytes(bytes)} GB${bytes > memory.total ? ' no' : bytes > memory.available ? ' *' : ''}`
  const rows = sizes.map(({ name, memory: { sample, lora, full }, iterationSeconds }) => [
    name,
    ...[sample, lora, full].map(cell),
    formatDuration(iterationSeconds),
  ])
  const header = ['parameters', 'sample', 'train an adapter', 'train all', 'iteration']
  return [
    `estimates (docs/install.md); an iteration is ${problems} problems x ${samples} samples x ${tokens} tokens`,
    textTable([header, ...rows]),
    "no: more than this machine's memory; *: more than is available now",
  ]
}

function modelText({ named, toFetch, estimate, why }: AskedModel, { memory }: Machine): string {
  if (why !== null) return `model    ${why}`
  if (toFetch > 0) return `model    ${named}: not here yet, ${Math.ceil(toFetch / 1e6)} MB to fetch`
  if (estimate === null) return `model    ${named} is here`
  const { parameters, memory: needs } = estimate
  const can = [
    ...(needs.sample <= memory.available ? ['sample'] : []),
    ...(needs.lora <= memory.available ? ['train an adapter'] : []),
    ...(needs.full <= memory.available ? ['train all of it'] : []),
  ]
  const fits = can.length === 0 ? 'does not fit in the memory available' : `fits: ${can.join(', ')}`
  return `model    ${named}: ${(parameters / 1e6).toPrecision(3)} M parameters; ${fits}`
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}
