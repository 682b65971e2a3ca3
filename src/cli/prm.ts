// `minform prm`: the table of what is done with process reward models, each in its own file.

import { defineCommand } from 'citty'

export default defineCommand({
  meta: { name: 'prm', description: 'process reward models' },
  subCommands: {
    audit: () => import('./prm/audit.ts').then(file => file.default),
    convert: () => import('./prm/convert.ts').then(file => file.default),
    eval: () => import('./prm/eval.ts').then(file => file.default),
    label: () => import('./prm/label.ts').then(file => file.default),
    score: () => import('./prm/score.ts').then(file => file.default),
    train: () => import('./prm/train.ts').then(file => file.default),
  },
})
