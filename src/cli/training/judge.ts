import {
  judgeArgs,
  judgeSection,
  namingArgs,
  rewardFlagsOf,
  scorerSpec,
} from '../prm/scorer-flags.ts'
import { group } from './group.ts'
import { modelFlags, namesOther } from './models.ts'

const { prm: _, ...others } = namingArgs

/** What scores steps, where the flags say more of it than its folder. */
export const judgeFlags = group({
  ...judgeSection,
  read: (args, recipe) => {
    const said = Object.keys({ ...others, ...judgeArgs }).some(name => args[name] !== undefined)
    if (!said || !recipe.needs.includes('prm')) return { scorer: null }
    const { threshold: _t, aggregation: _a, ...asked } = args
    const prm = namesOther(args) ? args.prm : (modelFlags.read(args, recipe).prm ?? undefined)
    return { scorer: scorerSpec({ ...asked, prm }) }
  },
  told: ({ scorer }) => rewardFlagsOf(scorer),
  renewed: ['prmUrl', 'prmReferenceUrl', 'apiKeyEnv', 'concurrency', 'timeout', 'retries'],
})
