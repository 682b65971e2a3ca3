import { implicitKto } from '../losses/implicit-kto.ts'
import { ofResponses } from '../objective.ts'
import { besideOthers, responsesOf } from '../responses.ts'
import { wrongWeight } from './head.ts'
import { implicit } from './implicit.ts'
import { method } from './method.ts'

export const implicitKtoMethod = method({
  ...implicit,
  name: 'implicit-kto',
  about: 'likewise, from outcomes, each against how far the model has moved (KTO)',
  options: { ...implicit.options, wrongWeight },
  objective: o => ofResponses(implicitKto({ beta: o.rewardScale, wrongWeight: o.wrongWeight })),
  examples: async (solutions, view, _, reference, signal) => {
    const { examples, leftOut } = await responsesOf(solutions, view, reference!, signal)
    return {
      examples: await besideOthers(examples, view.positions, reference!, signal),
      leftOut,
    }
  },
})
