import { learning, method, passes, recipe } from '../recipe.ts'
import { mixed } from '../rewards/mixed.ts'
import { tree } from '../rollouts/tree.ts'
import { advantages, credit, update } from '../stages.ts'

const { groupSize: _, ...rates } = learning
const scales: advantages.TreeScale[] = ['bernoulli', 'deviation', 'none']

export default recipe({
  name: 'tree-rpo',
  paper: 'arXiv:2506.05183',
  about: 'Outcomes of a tree of rollouts: each edge against those that leave the same node.',
  needs: ['grader'],
  differs: [
    'equal edges stay in the mean over tokens, no node is pruned; the scale is told by others',
    'learning rate for small models, and trees for short answers; the paper has 8, 3 and 384',
  ],
  options: {
    ...rates,
    width: { default: 4, help: 'edges that leave a node', min: 2, integer: true },
    depth: { default: 2, help: 'edges to a leaf', min: 1, integer: true },
    edgeTokens: { default: 16, help: 'tokens of an edge but the last', min: 1, integer: true },
    scale: { default: scales[0]!, help: 'unit of advantages', choices: scales },
    clip: { default: 0.2, help: 'how far a probability ratio may move in one update', min: 0 },
    ...passes,
  },
  rollouts: ({ width, depth }) => width ** depth,
  build: (o, { sampler, grade }) =>
    method({
      rollouts: tree(sampler, o),
      rewards: grade,
      select: mixed,
      credit: credit.streams({ outcome: credit.outcome() }),
      advantages: advantages.combine({
        outcome: { baseline: advantages.amongSiblings(o), weight: 1 },
      }),
      loss: update.clipped({ clip: o.clip }),
      passes: o,
    }),
})
