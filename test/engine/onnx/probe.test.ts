import { expect, test } from 'vitest'
import { postInstall } from '../../../src/engine/onnx/post-install.ts'
import { probeDevice } from '../../../src/engine/onnx/probe.ts'

test('the processor computes', async () => {
  const probed = await probeDevice('cpu', 1)
  expect(probed).toMatchObject({ device: 'cpu', computes: true, why: null })
  expect(probed.gflops).toBeGreaterThan(0.5)
})

test.each(['webgpu', 'cuda'] as const)('%s computes, or it is said what it needs', async device => {
  const { computes, gflops, why } = await probeDevice(device, 1)
  if (computes) expect(gflops).toBeGreaterThan(0)
  else expect(why).toMatch(/^it needs an? [^\n]{20,300}\([^\n]+\)$/)
})

test('a driver that crashes, and one that hangs, take nothing with them', async () => {
  const program = new URL('./abort.mjs', import.meta.url)
  const crashed = await probeDevice('cpu', 1, { program })
  expect(crashed).toMatchObject({
    computes: false,
    why: 'the process that tried it died (SIGABRT)',
  })
  const hung = await probeDevice('cpu', 1, { timeoutMs: 10 })
  expect(hung).toMatchObject({ computes: false, why: 'gave no answer within 0.01 s' })
})

test('what the install step of the tensor library fetches', () => {
  const { expected, missing } = postInstall('linux/x64')
  expect(expected).toContain('./libonnxruntime_providers_cuda.so')
  expect(expected).toEqual(expect.arrayContaining([...missing]))
  expect(postInstall('darwin/arm64')).toEqual({ expected: [], missing: [] })
})
