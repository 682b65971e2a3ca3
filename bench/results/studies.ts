import { collapse } from './collapse.ts'
import { map } from './map.ts'
import { methods } from './methods.ts'
import { noise } from './noise.ts'
import { pure } from './pure.ts'
import { six } from './six.ts'
import type { Study } from './study.ts'

/** Every study; the first is the one without a name. */
export const studies: readonly [Study, ...Study[]] = [pure, six, methods, map, collapse, noise]
