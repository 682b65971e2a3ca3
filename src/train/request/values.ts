import { z } from 'zod'

export const whole = z.number().int().nonnegative()
export const path = z.string().nullable()
export const wholeOrNull = whole.nullable().default(null)
