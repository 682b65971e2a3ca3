import { z } from 'zod'

/** Where metrics go beside the run folder, as loggerOf reads it. */
export const logSettings = { logs: z.array(z.string().min(1)).readonly().default([]) }
