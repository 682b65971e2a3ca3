// The carried environments, by the name that the command line knows them by.

import type { Environment } from '../rollouts/environment.ts'
import { calculator } from './calculator.ts'
import { checks } from './checks.ts'
import { coded } from './coded.ts'
import { mended } from './mended.ts'
import { program } from './program.ts'
import { sql } from './sql.ts'
import { tools } from './tools.ts'
import { travel } from './travel/travel.ts'

export const environments: readonly Environment[] = [
  calculator,
  checks,
  coded,
  mended,
  program,
  sql,
  tools,
  travel,
]
