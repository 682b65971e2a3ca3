// What a loss of a process reward model is: a pure function of what the model said of a solution, which returns its
// slope. Every one is a sum of terms; a batch's loss is the sum over its solutions divided by the number of terms.

/** A sum of terms, how many they are, and the slope of the sum for each number that the model said. */
export interface Terms {
  readonly loss: number
  readonly terms: number // labels, solutions or pairs; a weighted one counts as its weight
  readonly slopes: Float32Array // as many as numbers were given
}

/** A loss of the logits of a token-classification head. */
export interface LogitLoss {
  readonly classes: number // logits of one position
  readonly targets: number // labels of one position
  /** `logits` [N, classes] of N positions in order, `labels` [N, targets], each in [0, 1] or NaN where there is none. */
  of(logits: Float32Array, labels: Float32Array): Terms
  /**
   * Where the loss is a cross-entropy to a distribution over the classes: that distribution, times a weight. An engine
   * then learns it in one pass.
   */
  readonly distribution?: (label: number) => readonly number[]
}

/** A loss of the log-probabilities of label tokens, linear in them: an engine learns it in one pass. */
export interface LabelLoss {
  /** How much the log-probability of either label counts where the label is `label`, in [0, 1]; the loss is minus their sum. */
  weights(label: number): { readonly right: number; readonly wrong: number }
}

/** What the model that learns and its frozen reference say of each token of a response, and how its answer came out. */
export interface Response {
  readonly policy_T: Float32Array // log-probabilities
  readonly reference_T: Float32Array // likewise
  readonly outcome: number | null // 1: right; 0: wrong; null: it is the answer to another problem
}

/** A loss of whole responses, which knows no step; `slopes_G_T` are for `policy_T` of each. */
export interface ResponseLoss {
  /** A response at a time; or a right one and a wrong one of the same problem; or all of a batch. */
  readonly together: 'one' | 'pair' | 'batch'
  of(responses_G: readonly Response[]): Omit<Terms, 'slopes'> & {
    readonly slopes_G_T: readonly Float32Array[]
  }
}

/** What a head says of a solution where each of its steps is read, and what else a loss of preferences may ask. */
export interface Judged {
  readonly logits: Float32Array // [S, classes], S at least 1
  readonly tokens: number // of the response
  readonly importance_S: Float32Array // how much each step counts in the whole; adds up to 1
}

/** A solution that is preferred, and one of the same problem that it is preferred to. */
export type JudgedPair = readonly [chosen: Judged, rejected: Judged]

/** A loss of a head's logits over pairs of solutions; what it says of all of them together counts once a pair. */
export interface PreferenceLoss {
  readonly classes: number // logits of one step
  /** One term a pair; slopes for the logits of both solutions of each. */
  of(pairs_P: readonly JudgedPair[]): Omit<Terms, 'slopes'> & {
    readonly slopes_P: readonly (readonly [Float32Array, Float32Array])[]
  }
}

/** log(1 + exp(x)), without overflow. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** 1 / (1 + exp(-x)). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}

/** The number of positions. Throws RangeError for sizes that do not belong together. */
export function positions(
  name: string,
  { classes, targets }: Pick<LogitLoss, 'classes' | 'targets'>,
  logits: Float32Array,
  labels: Float32Array,
): number {
  const count = labels.length / targets
  if (!Number.isInteger(count) || logits.length !== count * classes)
    throw new RangeError(
      `${name}: ${logits.length} logits for ${labels.length} labels; expected ${classes} for ${targets}`,
    )
  return count
}

/** sum over tokens of log(policy / reference). Throws RangeError where the two are of different lengths. */
export function logRatio(name: string, { policy_T, reference_T }: Response): number {
  if (policy_T.length !== reference_T.length)
    throw new RangeError(
      `${name}: ${policy_T.length} policy_T, ${reference_T.length} reference_T; expected as many`,
    )
  let sum = 0
  for (let t = 0; t < policy_T.length; t++) sum += policy_T[t]! - reference_T[t]!
  return sum
}
