import type { PromptWish } from '../../train/prompting.ts'
import { type Flags, type Given, textFlag } from '../flags.ts'
import type { Section } from '../usage.ts'
import { group } from './group.ts'

/** Flags of every command that asks a policy. */
export const promptArgs = {
  template: {
    type: 'string',
    valueHint: 'text',
    description:
      "what stands around a question: chat (the model's own), plain, a text that holds {question}, or a file of Jinja; default as the model was trained, else chat where it has a template",
  },
  system: {
    type: 'string',
    valueHint: 'text',
    description: 'what is said before the question; default nothing',
  },
  instruction: {
    type: 'string',
    valueHint: 'text',
    description:
      'what is said after it; default, where the template is not plain, to reason in steps and to box the answer',
  },
} as const satisfies Flags

/** Their part of --help. */
export const promptSection = { title: 'prompts', args: promptArgs } as const satisfies Section

/** What was given for them. */
export function wishOf(args: Given): PromptWish {
  return {
    template: textFlag(args, 'template'),
    system: textFlag(args, 'system'),
    instruction: textFlag(args, 'instruction'),
  }
}

/** How the policy is asked. */
export const promptFlags = group({
  ...promptSection,
  read: args => ({ ...wishOf(args), prompt: null }),
  told: ({ template, system, instruction, prompt }) => ({
    template: template ?? prompt?.template ?? null,
    system: system ?? prompt?.system ?? null,
    instruction: instruction ?? prompt?.instruction ?? null,
  }),
})
