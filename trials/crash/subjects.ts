// The commands that go on after a kill, each as small as it can be and still do all that it does.

import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { carriedModels } from '../../src/model-source/carried-models.ts'

/** A command that writes into a folder of its own. */
export interface Subject {
  readonly name: string
  readonly begin: (folder: string) => readonly string[]
  readonly goOn: (folder: string) => readonly string[] // once it has begun
  readonly begun: (folder: string) => boolean
  readonly output?: string // the file that takes what it writes to standard output
}

const { base, prm } = carriedModels
const one = ['--threads', '1']

/** All of them; their problems are written into `place`. */
export function subjectsOf(place: string): readonly Subject[] {
  const [problems, test] = [16, 4].map((count, i) => {
    const file = join(place, `problems-${i}.jsonl`)
    writeFileSync(file, rows(count, 10 * i))
    return file
  }) as [string, string]
  const own = ['--problems', problems, '--test', test, '--template', 'Compute {question}.\n\n']
  const small = ['--iterations', '5', '--batch', '4', '--max-tokens', '48', '--eval-every', '3']
  const often = [...small, '--checkpoint-every', '2', ...one]
  const seed = ['--seed', '5']
  const policy = ['--model', base]
  const run = [...own, ...policy, ...often, ...seed]
  const judged = ['--prm', prm, '--audit', 'off', '--judge-check', 'off']
  const task = [...policy, '--task', 'nested-arithmetic', ...seed, ...one]
  const warm = ['--warm-updates', '12', '--judge-updates', '12', '--prepare-batch', '4']
  const fresh = [...own, ...seed, ...warm]
  const updates = ['--updates', '24', '--update-size', '4']
  const labels = ['--count', '12', '--samples', '2', '--completions', '2', '--at-once', '1']
  const sampled = [...policy, ...own.slice(4), '--n', '4', '--max-tokens', '32', ...seed, ...one]
  return [
    training('pure-prm-vr', [...run, ...judged]),
    training('exgrpo', [...run, '--begin-at', '0'], 'with a memory'),
    training('prime', run, 'with a second model'),
    training('grpo', [...run, '--lora', '4', '--ahead', '1'], 'an adapter, sampled ahead'),
    training('pure-vr', [...fresh, ...often, '--from-scratch'], 'from nothing'),
    resumed('sft', ['sft', ...task, ...updates]),
    resumed('prepare', ['prepare', ...fresh, ...one]),
    resumed('prm train', ['prm', 'train', ...task, '--count', '60', ...updates]),
    resumed(
      'prm label',
      ['prm', 'label', '--method', 'monte-carlo', ...task, ...labels],
      'l.jsonl',
    ),
    written('sample', ['sample', problems, ...sampled]),
    resumed('eval', ['eval', ...task, '--count', '40', '--n', '2'], 'answers.jsonl'),
    repeated('compare', [
      'compare',
      'grpo',
      'pure-vr',
      ...own,
      ...policy,
      ...often,
      '--seeds',
      '1',
    ]),
  ]
}

function training(recipe: string, flags: readonly string[], what?: string): Subject {
  return {
    name: `train ${recipe}${what === undefined ? '' : `, ${what}`}`,
    begin: folder => ['train', recipe, ...flags, '--run', join(folder, 'run')],
    goOn: folder => ['train', '--resume', '--run', join(folder, 'run')],
    begun: folder => existsSync(join(folder, 'run', 'config.json')),
  }
}

/** A command with --out and --resume, which may be said before anything is there. */
function resumed(name: string, command: readonly string[], file = 'out'): Subject {
  const begin = (folder: string) => [...command, '--out', join(folder, file)]
  return {
    name,
    begin,
    goOn: folder => [...begin(folder), '--resume'],
    begun: folder => existsSync(join(folder, file)) || existsSync(join(folder, `${file}-training`)),
  }
}

/** A command that goes on where it is said again. */
function repeated(name: string, command: readonly string[]): Subject {
  const begin = (folder: string) => [...command, '--out', join(folder, 'out')]
  return { name, begin, goOn: begin, begun: () => true }
}

/** A command that writes to standard output alone, and begins anew where it is said again. */
function written(name: string, command: readonly string[]): Subject {
  const begin = () => command
  return { name, begin, goOn: begin, begun: () => true, output: 'lines.jsonl' }
}

/** Problems with worked solutions, as a file of a user's has them. */
function rows(count: number, from: number): string {
  const row = (i: number): string => {
    const [a, b, c] = [1 + ((3 * i) % 7), 2 + (i % 6), 2 + (i % 4)]
    const solution = [
      `${a}+${b}=${a + b}, so ${a + b}*${c}`,
      `${a + b}*${c}=${(a + b) * c}, so ${(a + b) * c}`,
    ]
    return JSON.stringify({
      ...{ id: `p${i}`, question: `(${a}+${b})*${c}`, answer: String((a + b) * c) },
      solution: [...solution, `\\boxed{${(a + b) * c}}`],
    })
  }
  return Array.from({ length: count }, (_, i) => `${row(from + i)}\n`).join('')
}
