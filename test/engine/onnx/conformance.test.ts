import { join } from 'node:path'
import { allAbilities } from '../../../src/engine/abilities.ts'
import { exactBytes } from '../../../src/engine/onnx/exact-bytes.ts'
import { openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import { classifierConformance } from '../classifier-conformance.ts'
import { conformance } from '../conformance.ts'
import type { Subject } from '../subject.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/hf')

const open = async (folder: string): Promise<Subject> => ({
  engine: await openOnnxEngine(join(fixtures, folder)),
  reopen: openOnnxEngine,
})

conformance('onnx qwen2', () => open('qwen2'), { ...allAbilities, int8: await exactBytes() })
classifierConformance('onnx qwen2-prm', () => open('qwen2-prm'))
