// Templates that loop, grow, refuse or ask for what is not given: a named error, soon; and those of real models, quickly.
import { readFileSync } from 'node:fs'
import { Template } from '@huggingface/jinja'
import { expect, test } from 'vitest'
import { DataError } from '../../src/errors.ts'
import { chatTemplateFrom } from '../../src/tokenizer/chat-template.ts'

const user = { role: 'user', content: 'hi' }
const steps = /^model.jinja: rendering takes more than \d+ steps: does it loop/
const long = "{% set ns = namespace(s='xxxxxxxx', l=[1]) %}"
const grow = (what: string, times: number): string =>
  `${long}{% for i in range(${times}) %}{% set ${what} %}{% endfor %}`
const nest = grow('ns.l = [ns.l, ns.l]', 40)

test.each([
  ['one loop', '{% for i in range(200000000) %}x{% endfor %}', /a range of 200000000 numbers/],
  [
    'loops',
    '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}',
    steps,
  ],
  [
    'loops over one list',
    '{% set r = range(9999) %}{% for i in r %}{% for j in r %}{% endfor %}{% endfor %}',
    steps,
  ],
  ['a text that doubles', grow('ns.s = ns.s ~ ns.s', 99), /a text of more than 1048576 characters/],
  ['a list that doubles', grow('ns.l = ns.l + ns.l', 99), steps],
  ['copies', '{% set r = range(99999) %}{% for i in r %}{% set z = r[:] %}{% endfor %}', steps],
  ['lists of lists', `${nest}`, steps],
  ['a macro that calls itself', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}', /f/],
  ['wide margins', "{{ 'a\nb'|indent(500000000) }}", steps],
  ['wide JSON', '{{ [1]|tojson(indent=500000000) }}', steps],
  [
    'a text for each character',
    `${grow('ns.s = ns.s ~ ns.s', 16)}{{ ns.s.replace('x', ns.s) }}`,
    /./,
  ],
  [
    'sorting long texts',
    `${grow('ns.s = ns.s ~ ns.s', 16)}{% for i in range(999) %}{% set ns.l = ns.l + [ns.s] %}{% endfor %}`,
    steps,
  ],
  [
    'a refusal',
    "{{ raise_exception('no system role') }}",
    /refuses the conversation: no system role/,
  ],
  [
    'a name that is not given',
    '{{ tools|length }}',
    /it asks for tools, which is not given: give it/,
  ],
  ['a function that is not given', '{{ now(1) }}', /it asks for now, which is not given/],
])('%s', (_, source, message) => {
  const template = chatTemplateFrom(source, {}, 'model.jinja')
  const started = performance.now()
  let error: unknown
  try {
    template.render([user])
  } catch (thrown) {
    error = thrown
  }
  expect(error).toBeInstanceOf(DataError)
  expect((error as Error).message).toMatch(message)
  expect(performance.now() - started).toBeLessThan(30_000)
})

test.each([
  ['nothing but blanks', `{{${' '.repeat(50_000)}`],
  ['too long', 'x'.repeat(100_001)],
  ['nested too deep', `{{ ${'('.repeat(45_000)}1${')'.repeat(45_000)} }}`],
])('%s is not a template', (_, source) => {
  expect(() => chatTemplateFrom(source, {}, 'model.jinja')).toThrow(/^model.jinja: not a template/)
})

test('a template that failed renders the next conversation', () => {
  const template = chatTemplateFrom('{% for i in range(messages[0].n) %}{% endfor %}done')
  expect(() => template.render([{ ...user, n: 2e6 }])).toThrow(DataError)
  expect(template.render([{ ...user, n: 3 }])).toBe('done')
})

test('names that stand for nothing are printed as nothing, as transformers prints them', () => {
  expect(chatTemplateFrom('[{{ absent }}{{ absent.part }}]').render([user])).toBe('[]')
})

test('a long conversation is rendered as the library alone renders it', () => {
  const file = new URL('../fixtures/tokenizer/chat.json', import.meta.url)
  const { templates } = JSON.parse(readFileSync(file, 'utf8')) as {
    templates: Record<string, string>
  }
  const messages = Array.from({ length: 400 }, (_, i) => ({
    role: i % 2 === 0 ? 'user' : 'assistant',
    content: `${i}: ${'what is 3 + 4? '.repeat(40)}`,
  }))
  for (const source of Object.values(templates)) {
    const specials = { bos_token: '<s>', eos_token: '</s>' }
    const alone = new Template(source).render({
      ...specials,
      messages,
      add_generation_prompt: true,
    })
    expect(chatTemplateFrom(source, specials).render(messages)).toBe(alone)
  }
})

test('the date of today, in English', () => {
  const source = "{{ strftime_now('%Y-%m-%d %d %b %Y %A %q %%') }}"
  const year = (): number => new Date().getFullYear()
  const before = year()
  const shown = chatTemplateFrom(source).render([user])
  expect([before, year()]).toContain(Number(shown.slice(0, 4)))
  expect(shown).toMatch(/^\d{4}-\d\d-\d\d \d\d [A-Z][a-z]{2} \d{4} [A-Z]\w+day %q %$/)
})
