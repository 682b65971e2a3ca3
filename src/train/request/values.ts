import { z } from 'zod'

export const whole = z.number().int().nonnegative()
export const path = z.string().nullable()
