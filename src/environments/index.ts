// The carried environments, by the name that the command line knows them by.

import type { Environment } from '../rollouts/environment.ts'
import { calculator } from './calculator.ts'

export const environments: readonly Environment[] = [calculator]
