/** A known and a predicted answer. */
export interface GradeRequest {
  readonly gold: string | null
  readonly pred: string | null
  /** 'text': find the answer in both texts; 'answer': both are bare answers. Default 'text'. */
  readonly mode?: 'text' | 'answer'
}
