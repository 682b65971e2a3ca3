import { expect, test, vi } from 'vitest'
import { dispatch } from '../../src/cli/dispatch.ts'
import type { Diagnosis } from '../../src/cli/doctor/diagnosis.ts'
import { doctorText } from '../../src/cli/doctor/report.ts'

async function doctor(...args: string[]) {
  let [out, err] = ['', '']
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
    out += String(text)
    return true
  })
  const say = (text: string): void => {
    err += text
  }
  const table = { doctor: { about: '', load: () => import('../../src/cli/doctor.ts') } }
  try {
    const code = await dispatch(table, ['doctor', ...args], {
      ...{ out: say, err: say, version: '0', debug: false },
    })
    return { code, out, err }
  } finally {
    spy.mockRestore()
  }
}

test('a model that is not there ends with 1, and all else is told', async () => {
  vi.stubEnv('HF_TOKEN', 'hf_topsecret123')
  try {
    const { code, out, err } = await doctor('--model', '/no/model', '--threads', '1', '--json')
    expect([code, err]).toEqual([1, 'minform: doctor: the model /no/model missing here\n'])
    const found = JSON.parse(out) as Diagnosis
    expect(out).not.toContain('topsecret')
    expect(found.machine.hub).toMatchObject({ token: true })
    expect(found.machine.nodeIsNewEnough).toBe(true)
    expect(found.machine.memory.available).toBeGreaterThan(1e8)
    expect(found.devices.map(({ device }) => device)).toEqual(['cpu', 'webgpu', 'cuda'])
    expect(found.devices[0]).toMatchObject({ computes: true })
    expect(found.sizes.length).toBe(5)
    expect(found.model?.why).toContain('there is no folder or file /no/model')
    const text = doctorText(found, '0.1.0')
    expect(text).toContain('cpu      computes: products of matrices at ')
    expect(text).toContain('model    there is no folder or file /no/model')
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a device that does not exist is wrong usage', async () => {
  expect(await doctor('--device', 'tpu')).toMatchObject({ code: 2, out: '' })
})

test('what is too large for the machine says so', () => {
  const memory = { sample: 1e9, lora: 3e9, full: 9e9 }
  const sizes = [{ name: '25 M', parameters: 25e6, memory, iterationSeconds: 61 }]
  const place = { endpoint: 'https://hub', cache: '/cache', offline: true, token: false }
  const model = { named: 'a/b', toFetch: 0, estimate: sizes[0]!, why: null }
  const found: Diagnosis = {
    machine: {
      node: '20.20.0',
      nodeIsNewEnough: true,
      system: 'linux/x64',
      cores: 4,
      memory: { total: 8e9, available: 2e9 },
      disks: [{ what: 'runs', path: '/runs', free: 5e9 }],
      hub: place,
      postInstall: { expected: ['a'], missing: ['a'] },
    },
    threads: 2,
    devices: [{ device: 'cuda', computes: false, gflops: null, why: 'it needs a card' }],
    sizes,
    model,
    missing: [],
  }
  const lines = doctorText(found, '0.1.0').split('\n')
  expect(lines).toContain('memory   8.0 GB, 2.0 GB of it available')
  expect(lines).toContain('cuda     does not compute: it needs a card')
  expect(lines).toContain(
    'hub      https://hub, which is not asked: HF_HUB_OFFLINE is set; no token is set',
  )
  expect(lines).toContain('25 M        1.0 GB          3.0 GB *  9.0 GB no  1 min 01 s')
  expect(lines).toContain('model    a/b: 25.0 M parameters; fits: sample')
})
