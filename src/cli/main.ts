#!/usr/bin/env node
// What runs as `minform`.
import { commands } from './commands.ts'
import { dispatch, type Output, report } from './dispatch.ts'
import { startInHugePages } from './huge-pages.ts'
import { isGone, notWritten, outliveReader } from './io.ts'
import { guard } from './terminal.ts'
import { version } from './versions.ts'

startInHugePages()

const output: Output = {
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  version: version(),
  debug: process.env.MINFORM_DEBUG === '1',
}

guard(process.stdout)
guard(process.stderr)
outliveReader(process.stdout)
outliveReader(process.stderr)
process.on('uncaughtException', error => process.exit(report(error, output)))

const code = await dispatch(commands, process.argv.slice(2), output)
process.stdout.write('', error => {
  // what was written before is out first
  const lost = error && !isGone(error) ? notWritten(error) : null
  process.exit(lost ? report(lost, output) : code)
})
