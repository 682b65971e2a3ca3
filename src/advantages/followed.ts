import type { AdvantageTrace, BatchAdvantages, Formula } from '../method.ts'

/** Advantages that a stage made of others, with what those came from, and how it says that it made them. */
export function followed(
  { trace }: Pick<BatchAdvantages, 'trace'>,
  formula: Formula,
  advantages_P_G_T: BatchAdvantages['advantages_P_G_T'],
): Pick<BatchAdvantages, 'advantages_P_G_T'> & { readonly trace?: AdvantageTrace } {
  if (trace === undefined) return { advantages_P_G_T }
  const after = [...(trace.after ?? []), { formula, advantages_P_G_T }]
  return { advantages_P_G_T, trace: { ...trace, after } }
}
