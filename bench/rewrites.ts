// Other ways to write an answer, and other answers that look like it: what a grader must accept and
// refuse. Each rule returns null where it does not apply.

type Rule = (answer: string) => string | null

/** The same answer, written in another way. */
export const rewrites: Readonly<Record<string, Rule>> = {
  'decimal for a fraction': decimal,
  'terms in another order': swappedTerms,
  'elements in another order': swappedElements,
  'unicode signs': answer => changed(answer, unicode(answer)),
  'a power of ten': answer => changed(answer, answer.replace(/^(-?\d+(?:\.\d*)?)e\+?(-?\d+)$/, '$1 \\times 10^{$2}')),
  '\\dfrac': answer => changed(answer, answer.replaceAll('\\frac', '\\dfrac')),
  '\\tfrac': answer => changed(answer, answer.replaceAll('\\frac', '\\tfrac')),
  '\\left and \\right': brackets,
  'multiplied by one': answer => changed(answer, answer.replace(/(\d)(?!e[-+]?\d)([a-z])(?![a-z])/, '$1 \\cdot $2')),
  'braced exponents': answer => changed(answer, answer.replace(/\^(\d)(?!\d)/g, '^{$1}')),
  'thousands': answer => changed(answer, /^-?\d{4,}$/.test(answer) ? answer.replace(/\B(?=(\d{3})+$)/g, ',') : answer),
  'text': answer => (/^\\text\s*\{.*\}$/.test(answer) ? answer.replace(/^\\text\s*\{(.*)\}$/, '$1') : null),
  'another degree sign': answer => changed(answer, answer.replace(/\^\{?\\circ\}?/g, '°')),
  'spaces': answer => changed(answer, answer.replace(/(?<![\\A-Za-z])([+=<>-])(?!\w*\})/g, ' $1 ')),
  'no spaces': answer => changed(answer, answer.replace(/(?<=[^A-Za-z\d]) +| +(?=[^A-Za-z\d])/g, '')),
  'thin spaces': answer => `\\, ${answer} \\;`,
  'displaystyle': answer => `\\displaystyle ${answer}`,
  'dollars': answer => (answer.includes('$') ? null : `$${answer}$`),
  'display': answer => (answer.includes('$') ? null : `\\[ ${answer} \\]`),
  'parentheses of LaTeX': answer => (answer.includes('$') ? null : `\\( ${answer} \\)`),
  'box': answer => `\\boxed{${answer}}`,
  'full stop': answer => `${answer}.`,
  'braces': answer => (/[,$]|np\./.test(answer) ? null : `{${answer}}`),
  'unicode spaces': answer => `\u2009${answer}\u00a0`,
  'two dollars': answer => (answer.includes('$') ? null : `$$ ${answer} $$`),
  'quads': answer => `\\quad ${answer}~`,
  'trailing zeros': answer => (/^-?\d+$/.test(answer) ? `${answer}.0` : null),
} // biome-ignore format: a table

/** Another answer. */
export const changes: Readonly<Record<string, Rule>> = {
  'sign': sign,
  'digit': digit,
  'one element less': answer => {
    const items = elements(answer)
    return items ? items.slice(1).join(',') : null
  },
  'word': answer => (/^[A-Za-z]{2,}$/.test(words(answer)) ? `\\text{${words(answer)}s}` : null),
  'letter': answer => (/^\(?[A-D]\)?$/.test(words(answer)) ? (words(answer).includes('A') ? 'B' : 'A') : null),
  'one more': answer => (/^[^,=<>]*$/.test(answer) && !/text|mbox|[A-Za-z]{3,}$/.test(answer) ? `${answer}+1` : null),
} // biome-ignore format: a table

function changed(answer: string, other: string): string | null {
  return other === answer ? null : other
}

function words(answer: string): string {
  return answer.replace(/^\\text\s*\{(.*)\}$/, '$1').trim()
}

function decimal(answer: string): string | null {
  const parts = /^(-?)\\[dt]?frac\{(\d+)\}\{(\d+)\}$/.exec(answer)
  if (!parts) return null
  const [, minus, over, under] = parts
  let rest = Number(under)
  while (rest % 2 === 0) rest /= 2
  while (rest % 5 === 0) rest /= 5
  return rest === 1 ? `${minus}${Number(over) / Number(under)}` : null
}

/** Where the top level of an answer is cut by one of these signs. */
function cuts(answer: string, signs: RegExp): number[] {
  const found: number[] = []
  let depth = 0
  for (let i = 0; i < answer.length; i++) {
    if (/[([{]/.test(answer[i])) depth++
    else if (/[)\]}]/.test(answer[i])) depth--
    else if (depth === 0 && signs.test(answer[i])) found.push(i)
  }
  return found
}

function swappedTerms(answer: string): string | null {
  if (/^[\d.]+e[-+]/.test(answer)) return null
  if (
    cuts(answer, /[,=<>:;|$]/).length > 0 ||
    /\\(begin|in|cup|pm|text|le|ge|ne|approx|mbox|sum|quad)|\^-/.test(answer)
  )
    return null
  const at = cuts(answer, /[+-]/).filter(i => i > 0 && !/[*/^(]\s*$/.test(answer.slice(0, i)))
  if (at.length !== 1) return null
  const [left, operator, right] = [answer.slice(0, at[0]), answer[at[0]], answer.slice(at[0] + 1)]
  if (/^\s*-/.test(left) && operator === '-') return `-${right}${left}`
  return operator === '+' ? `${right}${/^\s*-/.test(left) ? '' : '+'}${left}` : `-${right}+${left}`
}

function elements(answer: string): string[] | null {
  if (/[=\\]text|[{;]\s*$|\\ldots|where/.test(answer)) return null
  const at = cuts(answer, /,/)
  if (at.length === 0 || /\d{1,3}(,(\\!)?\s?\d{3})+$/.test(answer)) return null
  return [...at, answer.length].map((end, i) => answer.slice(i === 0 ? 0 : at[i - 1] + 1, end))
}

function swappedElements(answer: string): string | null {
  const items = elements(answer)
  if (!items || /=/.test(answer)) return null
  const order = items
    .reverse()
    .map(item => item.trim())
    .join(', ')
  return changed(answer.replace(/\s/g, ''), order)
}

function unicode(answer: string): string {
  return answer
    .replaceAll('-', '−')
    .replace(/\\pi(?![A-Za-z])/g, 'π')
    .replace(/\\times(?![A-Za-z])/g, '×')
    .replace(/\\infty(?![A-Za-z])/g, '∞')
    .replace(/\\cup(?![A-Za-z])/g, '∪')
}

function brackets(answer: string): string | null {
  if (/\\left|\\right|\\[{}]|\\[()[\]]/.test(answer)) return null
  const other = answer
    .replace(/(?<!sqrt)[([]/g, '\\left$&')
    .replace(/(?<!sqrt\[\d)[)\]]/g, '\\right$&')
  return /sqrt\[/.test(answer) ? null : changed(answer, other)
}

function sign(answer: string): string | null {
  if (
    /^\$?\s*0?\s*$|^\\text|[=<>,∈]|\\in|\\cup|\\pm|matrix|^[A-Za-z ]{3,}$|:|\\le|\\ge|\^\{?\\circ|\\\$/.test(
      answer,
    )
  )
    return null
  if (/^\\?\(|^\\left|^[[(]|\\mbox|\\text|\\%|%/.test(answer)) return null
  return answer.startsWith('-') ? answer.slice(1) : `-(${answer.replace(/^\$|\$$/g, '')})`
}

function digit(answer: string): string | null {
  const last = [...answer.matchAll(/\d/g)].at(-1)
  if (!last || /matrix/.test(answer)) return null
  const other = (Number(last[0]) + 1) % 10
  return `${answer.slice(0, last.index)}${other === 0 ? 2 : other}${answer.slice(last.index + 1)}`
}
