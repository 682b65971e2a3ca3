import { expect, test } from 'vitest'
import { version, versions } from '../../src/cli/versions.ts'

test('versions are those installed', () => {
  expect(versions().minform).toBe(version())
  expect(versions().node).toBe(process.versions.node)
  expect(versions()['onnxruntime-node']).toMatch(/^\d+\.\d+\.\d+/)
})
