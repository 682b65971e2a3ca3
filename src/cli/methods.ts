// `minform methods`: the published systems, and what each is here.

import { defineCommand } from 'citty'
import { methodsText } from './methods/page.ts'
import { methodEntry, systems } from './methods/systems.ts'

export default defineCommand({
  meta: { name: 'methods', description: 'The published systems, and what each became here' },
  args: { json: { type: 'boolean', description: 'print JSON: an entry for each system' } },
  run: ({ args }) => {
    process.stdout.write(
      args.json === true
        ? `${JSON.stringify(systems().map(methodEntry), null, 2)}\n`
        : methodsText(),
    )
  },
})
