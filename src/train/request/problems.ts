import { z } from 'zod'
import { path, whole } from './values.ts'

/** What a run learns from: a task and its difficulty, or files. */
export const problemSettings = {
  task: z.string().nullable().default('nested-arithmetic'), // the one that the carried models were made for; null: files
  difficulty: whole.nullable().default(1),
  problemsFile: path.default(null),
  testFile: path.default(null),
}
