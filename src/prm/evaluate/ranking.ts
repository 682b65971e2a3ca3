// Right solutions among wrong ones, ranked by their scores (RewardMATH, arXiv:2410.01729).

/** One problem's candidates: the score of each (null: none was had), and whether it is right. */
export interface Ranked {
  readonly scores_N: readonly (number | null)[]
  readonly right_N: readonly boolean[]
}

export interface RankingQuality {
  readonly problems: number // with right and wrong candidates, all of them scored
  readonly left: number // problems that are left out
  readonly accuracy: number // share where every right one is above every wrong one; a tie is none
  readonly accuracyWithTies: number // a tie is one
  readonly meanReciprocalRank: number // of the best right one; in a tie the wrong ones come first
}

/** How well scores tell right from wrong, in [0, 1]; NaN of no problem. */
export function rankingQuality(sets: readonly Ranked[]): RankingQuality {
  const counted = sets.filter(
    ({ scores_N, right_N }) =>
      right_N.includes(true) && right_N.includes(false) && !scores_N.includes(null),
  )
  let [above, level, reciprocal] = [0, 0, 0]
  for (const { scores_N, right_N } of counted) {
    const right = (scores_N as number[]).filter((_, n) => right_N[n])
    const wrong = (scores_N as number[]).filter((_, n) => !right_N[n])
    const [lowest, best, highest] = [Math.min(...right), Math.max(...right), Math.max(...wrong)]
    above += Number(lowest > highest)
    level += Number(lowest >= highest)
    reciprocal += 1 / (1 + wrong.filter(score => score >= best).length)
  }
  const problems = counted.length
  return {
    problems,
    left: sets.length - problems,
    accuracy: above / problems,
    accuracyWithTies: level / problems,
    meanReciprocalRank: reciprocal / problems,
  }
}
