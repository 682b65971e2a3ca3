import { z } from 'zod'
import { path, whole } from './values.ts'

/** What a run learns from: a task and its difficulty, or files. */
export const problemSettings = {
  task: z.string(),
  difficulty: whole,
  problemsFile: path,
  testFile: path,
}
