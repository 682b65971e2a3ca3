// Pairs of answers that are equal, or different, by construction: each is made from numbers that are drawn,
// once as it is known, once rewritten, once with one operator, sign, digit, bound or element changed.

import { type Random, random } from '../src/numbers/random.ts'

export interface Pair {
  readonly kind: string
  readonly gold: string
  readonly pred: string
  readonly equal: boolean
  /** 'text': the answer stands in prose. */
  readonly mode: 'text' | 'answer'
}

interface Trio {
  readonly gold: string
  readonly same: string
  readonly other: string
  readonly mode?: 'text'
}

type Make = (draw: Draw) => Trio

interface Draw {
  readonly from: (least: number, most: number) => number
  readonly one: <T>(of: readonly T[]) => T
}

/** `count` pairs, the kinds in turn, half of them equal; always the same for a seed. */
export function pairsOf(count: number, seed = 1): Pair[] {
  const kinds = Object.entries(makers)
  return Array.from({ length: count }, (_, i) => {
    const [kind, make] = kinds[i % kinds.length]
    const { gold, same, other, mode = 'answer' } = make(drawing(random(seed, `${kind} ${i}`)))
    const equal = Math.floor(i / kinds.length) % 2 === 0
    return { kind, gold, pred: equal ? same : other, equal, mode }
  })
}

/** The kinds of pairs. */
export const kindsOfPairs = (): readonly string[] => Object.keys(makers)

function drawing(next: Random): Draw {
  const from = (least: number, most: number) => least + Math.floor(next() * (most - least + 1))
  return { from, one: of => of[from(0, of.length - 1)] }
}

const sign = (n: number) => (n < 0 ? '-' : '+')
/** `+ 3x`, `- x`. */
const term = (n: number, letters = '') =>
  `${sign(n)}${Math.abs(n) === 1 && letters ? '' : Math.abs(n)}${letters}`
const first = (n: number, letters = '') => term(n, letters).replace(/^\+/, '')
const nonzero = ({ from, one }: Draw, most: number) => from(1, most) * one([1, -1])
const grouped = (n: number, by: string) => String(n).replace(/\B(?=(\d{3})+$)/g, by)
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

const makers: Readonly<Record<string, Make>> = {
  'whole number': d => {
    const n = d.from(10_000, 99_999_999)
    const by = d.one([' ', ',', '{,}', '\\,', '\u202f', '\\ '])
    return { gold: String(n), same: grouped(n, by), other: grouped(n + d.one([1, 10, 1000, -1]), by) }
  },
  fraction: d => {
    const [a, b, k] = [nonzero(d, 40), d.from(2, 30), d.from(2, 9)]
    return {
      gold: `\\frac{${a}}{${b}}`,
      same: d.one([`\\dfrac{${a * k}}{${b * k}}`, `${a * k}/${b * k}`, `-\\frac{${-a}}{${b}}`]),
      other: d.one([`\\frac{${a}}{${b + 1}}`, `\\frac{${-a}}{${b}}`, `\\frac{${a + 1}}{${b}}`]),
    }
  },
  'mixed number': d => {
    const [w, b] = [d.from(1, 20), d.from(3, 12)]
    const a = d.from(1, b - 1)
    return {
      gold: `\\frac{${w * b + a}}{${b}}`,
      same: `${w}\\frac{${a}}{${b}}`,
      other: `${w}\\frac{${a + b}}{${b}}`,
    }
  },
  decimal: d => {
    const [n, p] = [nonzero(d, 9999) * 10 + d.from(1, 9), d.from(1, 3)]
    const text = (n / 10 ** p).toFixed(p)
    return {
      gold: text,
      same: d.one([`${text}0`, `\\frac{${n}}{${10 ** p}}`]),
      other: d.one([((n + 1) / 10 ** p).toFixed(p), `\\frac{${n}}{${10 ** (p + 1)}}`]),
    }
  },
  percentage: d => {
    const n = d.from(1, 399)
    return { gold: `${n}\\%`, same: d.one([`\\frac{${n}}{100}`, `${n} \\%`]), other: d.one([`${n + 1}\\%`, `${n}0\\%`]) }
  },
  'factored polynomial': d => {
    const [a, b, k] = [nonzero(d, 9), nonzero(d, 9), nonzero(d, 5)]
    const of = (x: number, y: number, z: number) => `${first(z, 'x^2')}${z * (x + y) === 0 ? '' : term(z * (x + y), 'x')}${term(z * x * y)}`
    return { gold: of(a, b, k), same: `${k}(x${term(a)})(x${term(b)})`, other: d.one([`${k}(x${term(-a)})(x${term(b)})`.replace(/\(x([+-])0\)/, '(x)'), `${k}(x${term(a)})(x${term(b)})+1`].filter(text => !(a + b === 0 && !text.endsWith('+1')))) }
  },
  'expanded power': d => {
    const [a, b] = [d.from(1, 5), nonzero(d, 6)]
    return {
      gold: `(${first(a, 'x')}${term(b, 'y')})^{3}`,
      same: `${first(a ** 3, 'x^3')}${term(3 * a * a * b, 'x^2y')}${term(3 * a * b * b, 'xy^2')}${term(b ** 3, 'y^3')}`,
      other: `${first(a ** 3, 'x^3')}${term(3 * a * a * b, 'x^2y')}${term(3 * a * b * b, 'xy^2')}${term(-(b ** 3), 'y^3')}`,
    }
  },
  'rational function': d => {
    const [a, b] = [nonzero(d, 9), d.from(2, 9)]
    return {
      gold: `\\frac{1}{x${term(a)}}+\\frac{${b}}{x}`,
      same: `\\frac{${b + 1}x${term(a * b)}}{x(x${term(a)})}`,
      other: d.one([`\\frac{${b + 1}x${term(-a * b)}}{x(x${term(a)})}`, `\\frac{${b}x${term(a * b)}}{x(x${term(a)})}`]),
    }
  },
  'terms of several letters': d => {
    const [a, b, c] = [nonzero(d, 9), nonzero(d, 9), nonzero(d, 9)]
    const [p, q] = d.one([['a', 'b'], ['m', 'n'], ['\\alpha', '\\beta'], ['x_1', 'x_2']])
    return {
      gold: `${first(a, p)}${term(b, ` ${q}`)}${term(c)}`,
      same: `${first(c)}${term(b, ` ${q}`)}${term(a, ` ${p}`)}`,
      other: d.one([`${first(c)}${term(b, ` ${q}`)}${term(-a, ` ${p}`)}`, `${first(c)}${term(b, ` ${q}`)}`]),
    }
  },
  root: d => {
    const [k, n] = [d.from(2, 12), d.one([2, 3, 5, 6, 7, 10, 11, 13])]
    return { gold: `${k}\\sqrt{${n}}`, same: `\\sqrt{${k * k * n}}`, other: d.one([`\\sqrt{${k * k * n + 1}}`, `-\\sqrt{${k * k * n}}`]) }
  },
  'root below': d => {
    const [k, n] = [d.from(1, 20), d.one([2, 3, 5, 7, 11])]
    return { gold: `\\frac{${k}}{\\sqrt{${n}}}`, same: `\\frac{${k}\\sqrt{${n}}}{${n}}`, other: d.one([`\\frac{${k}\\sqrt{${n}}}{${n + 1}}`, `\\frac{${k + 1}\\sqrt{${n}}}{${n}}`]) }
  },
  'root in a root': d => {
    const [a, b] = [d.from(2, 30), d.from(2, 30)]
    return {
      gold: `\\sqrt{${a}}+\\sqrt{${b}}`,
      same: `\\sqrt{${a + b}+2\\sqrt{${a * b}}}`,
      other: `\\sqrt{${a + b}+2\\sqrt{${a * b + 1}}}`,
    }
  },
  'higher root': d => {
    const [k, n, q] = [d.from(2, 5), d.one([2, 3, 5]), d.from(3, 5)]
    return { gold: `${k}\\sqrt[${q}]{${n}}`, same: d.one([`\\sqrt[${q}]{${k ** q * n}}`, `${k}\\cdot ${n}^{1/${q}}`]), other: `\\sqrt[${q}]{${k ** q * n + 1}}` }
  },
  'power of a root': d => {
    const [a, s] = [d.from(1, 9), d.one(['+', '-'])]
    const inside = d.one([`x${s}${a}`, `${a}-x^2`, `${a}x+1`])
    const n = d.from(1, 3)
    const power = n === 1 ? `(${inside})` : `(${inside})^{${n}}`
    return { gold: `(${inside})^{${2 * n + 1}/2}`, same: `${power}\\sqrt{${inside}}`, other: d.one([`-${power}\\sqrt{${inside}}`, `(${inside})^{${n + 1}}\\sqrt{${inside}}`]) }
  },
  logarithm: d => {
    const [a, b] = [d.from(2, 30), d.from(2, 30)]
    return {
      gold: `\\ln ${a * b}`,
      same: `\\ln ${a}+\\ln ${b}`,
      other: d.one([`\\ln ${a}+\\ln ${b + 1}`, `\\ln ${a * b + 1}`, `-\\ln ${a}-\\ln ${b}`]),
    }
  },
  'logarithm of a base': d => {
    const [b, k, n] = [d.one([2, 3, 5, 7]), d.from(2, 5), d.from(2, 20)]
    return { gold: `\\log_{${b}} ${n}`, same: d.one([`\\log_{${b ** k}} ${n ** k}`, `\\frac{\\ln ${n}}{\\ln ${b}}`]), other: d.one([`\\log_{${b + 1}} ${n}`, `\\frac{\\ln ${n}}{\\ln ${b + 1}}`]) }
  },
  exponential: d => {
    const [a, b] = [nonzero(d, 5), nonzero(d, 5)]
    return { gold: `${first(a, 'e^{2x}')}${term(b, 'e^{x}')}`, same: `e^{x}(${first(a, 'e^{x}')}${term(b)})`, other: `e^{x}(${first(a, 'e^{x}')}${term(-b)})` }
  },
  'sine and cosine': d => {
    const k = d.from(1, 9)
    const t = d.one(['x', 't', '\\theta', '\\alpha'])
    return d.one([
      { gold: `\\sin ${2 * k}${t}`, same: `2\\sin ${first(k, t)}\\cos ${first(k, t)}`, other: `2\\sin ${first(k + 1, t)}\\cos ${first(k, t)}` },
      { gold: `\\cos ${2 * k}${t}`, same: `1-2\\sin^2 ${first(k, t)}`, other: `1+2\\sin^2 ${first(k, t)}` },
      { gold: `\\tan^2(${first(k, t)})+${k}`, same: `\\sec^2(${first(k, t)})${k === 1 ? '' : term(k - 1)}`, other: `\\sec^2(${first(k, t)})+${k}` },
    ])
  },
  'angle of a sine': d => {
    const n = d.one([15, 18, 36, 54, 72, 75, 105])
    return { gold: `\\sin ${n}^\\circ`, same: `\\cos(${90 - n}^\\circ)`, other: d.one([`\\cos(${91 - n}^\\circ)`, `-\\cos(${90 - n}^\\circ)`]) }
  },
  'inverse function': d => {
    const [a, b] = [d.from(2, 9), d.from(2, 9)]
    const x = d.one(['x', `\\frac{x}{${a}}`])
    return { gold: d.one([`\\arcsin ${x}`]), same: `\\frac{\\pi}{2}-\\arccos ${x}`, other: d.one([`\\frac{\\pi}{2}+\\arccos ${x}`, `\\frac{\\pi}{${b + 1}}-\\arccos ${x}`]) }
  },
  'sum of arctangents': d => {
    const [a, b] = [d.from(2, 9), d.from(2, 9)]
    const [over, under] = [a + b, a * b - 1]
    return { gold: `\\arctan\\frac{1}{${a}}+\\arctan\\frac{1}{${b}}`, same: `\\arctan\\frac{${over}}{${under}}`, other: `\\arctan\\frac{${over + 1}}{${under}}` }
  },
  complex: d => {
    const [a, b, c, e] = [nonzero(d, 9), nonzero(d, 9), nonzero(d, 9), nonzero(d, 9)]
    const [re, im] = [a * c - b * e, a * e + b * c]
    return { gold: `(${a}${term(b, 'i')})(${c}${term(e, 'i')})`, same: `${re}${im === 0 ? '' : term(im, 'i')}`, other: d.one([`${re + 1}${im === 0 ? '' : term(im, 'i')}`, `${re}${term(im + 1 === 0 ? 5 : im + 1, 'i')}`]) }
  },
  'sum of terms': d => {
    const [n, k] = [d.from(5, 40), d.from(2, 6)]
    return { gold: `\\sum_{k=1}^{${n}} (${k}k+1)`, same: String((k * n * (n + 1)) / 2 + n), other: d.one([String((k * n * (n + 1)) / 2), String((k * n * (n + 1)) / 2 + n + 1)]) }
  },
  'counting letters': () => ({ gold: '\\binom{n}{2}', same: '\\frac{n^2-n}{2}', other: '\\frac{n^2+n}{2}' }),
  binomial: d => {
    const n = d.from(6, 40)
    const k = d.from(2, n - 3)
    return { gold: `\\binom{${n}}{${k}}`, same: d.one([`\\binom{${n}}{${n - k}}`, `\\frac{${n}!}{${k}!\\cdot ${n - k}!}`]), other: 2 * k + 1 === n ? `\\binom{${n + 1}}{${k}}` : `\\binom{${n}}{${k + 1}}` }
  },
  'tiny difference': d => {
    const [k, base] = [d.from(13, 60), d.one(['1', '\\sqrt{2}', '\\pi', 'e^2', '\\ln 5'])]
    return { gold: base, same: `{(${base})}`, other: d.one([`${base}+10^{-${k}}`, `${base}+e^{-${3 * k}}`, `${base}+\\sin(10^{-${k}})`]) }
  },
  'tiny number': d => {
    const k = d.from(50, 900)
    return d.one([
      { gold: `e^{-${k}}`, same: `\\frac{1}{e^{${k}}}`, other: `e^{-${k + 1}}` },
      { gold: `2^{-${k}}`, same: `\\frac{1}{2^{${k}}}`, other: `2^{-${k + 1}}` },
    ])
  },
  'huge number': d => {
    const [b, k] = [d.from(2, 9), d.from(100, 900)]
    return { gold: `${b}^{${2 * k}}`, same: `${b * b}^{${k}}`, other: d.one([`${b * b}^{${k}}+1`, `${b * b}^{${k + 1}}`]) }
  },
  tuple: d => {
    const [a, b, c] = [nonzero(d, 30), nonzero(d, 30), nonzero(d, 30)]
    return { gold: `(${a},${b},${c})`, same: `\\left(${a}, \\frac{${2 * b}}{2}, ${c}\\right)`, other: d.one([`(${a},${b},${c + 1})`, `(${a},${b})`, `(${b + 31},${a},${c})`]) }
  },
  list: d => {
    const [a, b, c] = [nonzero(d, 30), d.from(31, 60), d.from(61, 90)]
    const join = d.one([', ', ' \\text{ and } ', '; '])
    return { gold: `${a}, ${b}, ${c}`, same: [c, a, b].join(join), other: d.one([[c, a].join(join), [c, a, b + 100].join(join), [c, a, b, 99].join(join)]) }
  },
  set: d => {
    const [a, b, c] = [nonzero(d, 30), d.from(31, 60), d.from(61, 90)]
    return { gold: `\\{${a},${b},${c}\\}`, same: `\\left\\{${b}, ${c}, ${a}\\right\\}`, other: d.one([`\\{${a},${b}\\}`, `\\{${a},${b},${-c}\\}`]) }
  },
  'plus or minus': d => {
    const [a, n] = [nonzero(d, 20), d.one([2, 3, 5, 7, 11])]
    return { gold: `${a}\\pm\\sqrt{${n}}`, same: `${a}-\\sqrt{${n}}, ${a}+\\sqrt{${n}}`, other: d.one([`${a}+\\sqrt{${n}}`, `${a}\\pm\\sqrt{${n + 1}}`, `${-a}\\pm\\sqrt{${n}}`]) }
  },
  interval: d => {
    const [a, b] = [nonzero(d, 20), d.from(21, 60)]
    const [l, r] = [d.one(['(', '[']), d.one([')', ']'])]
    return { gold: `${l}${a},${b}${r}`, same: `\\left${l}${a}, \\frac{${2 * b}}{2}\\right${r}`, other: d.one([`${l === '(' ? '[' : '('}${a},${b}${r}`, `${l}${a},${b + 1}${r}`, `${l}${a},${b}${r === ')' ? ']' : ')'}`]) }
  },
  union: d => {
    const [a, b] = [nonzero(d, 20), d.from(21, 60)]
    return { gold: `(-\\infty,${a})\\cup(${b},\\infty)`, same: `(${b},\\infty)\\cup(-\\infty,${a})`, other: d.one([`(${b},\\infty)\\cup(-\\infty,${a}]`, `(${b},\\infty)`, `(${b},\\infty)\\cap(-\\infty,${a})`]) }
  },
  'touching intervals': d => {
    const [a, k] = [d.from(1, 9), d.from(20, 60)]
    return { gold: `[0,${a}]\\cup[${a},${a + 3}]`, same: `[0,${a + 3}]`, other: d.one([`[0,${a + 3})`, `[0,${a}]\\cup[${a}+10^{-${k}},${a + 3}]`]) }
  },
  inequality: d => {
    const [a, k] = [nonzero(d, 30), d.from(2, 9)]
    const s = d.one(['<', '\\le '])
    const mirror = s === '<' ? '>' : '\\ge '
    return { gold: `x${s}${a}`, same: d.one([`${a}${mirror}x`, `${k}x${s}${k * a}`, `-${k}x${mirror}${-k * a}`]), other: d.one([`x${mirror}${a}`, `x${s}${a + 1}`, `-${k}x${s}${-k * a}`, `x${s === '<' ? '\\le ' : '<'}${a}`]) }
  },
  'bounds of a letter': d => {
    const [a, b] = [nonzero(d, 20), d.from(21, 60)]
    return { gold: `${a}<x\\le ${b}`, same: d.one([`(${a},${b}]`, `${b}\\ge x>${a}`, `x>${a} \\text{ and } x\\le ${b}`]), other: d.one([`(${a},${b})`, `[${a},${b}]`, `${a}<x\\le ${b + 1}`]) }
  },
  equation: d => {
    const [a, b, c, k] = [d.from(2, 12), nonzero(d, 12), nonzero(d, 12), d.one([2, 3, -1, -2])]
    return { gold: `${a}x${term(b, 'y')}=${c}`, same: d.one([`${first(k * a, 'x')}${term(k * b, 'y')}=${k * c}`, `${c}=${first(b, 'y')}+${a}x`, `${a}x${term(b, 'y')}${term(-c)}=0`]), other: d.one([`${a}x${term(-b, 'y')}=${c}`, `${a}x${term(b, 'y')}=${c + 1}`, `${a + 1}x${term(b, 'y')}=${c}`, 'x=x']) }
  },
  'graph of a function': d => {
    const [a, b] = [d.from(2, 12), nonzero(d, 12)]
    return { gold: `y=${a}x${term(b)}`, same: d.one([`y=${b}+${a}x`, `${a}x-y${term(b)}=0`, `y-${a}x=${b}`]), other: d.one([`y=${a}x${term(-b)}`, `y=-${a}x${term(b)}`, `x=${a}y${term(b)}`]) }
  },
  assignment: d => {
    const a = nonzero(d, 99)
    const name = d.one(['x', 'n', 'AB', '|AB|', '\\angle ABC', 'x_0', 'f(2)', '\\theta'])
    return { gold: String(a), same: `${name}=${a}`, other: d.one([`${name}=${a + 1}`, `${name}=${-a}`]) }
  },
  'named values': d => {
    const [a, b] = [nonzero(d, 30), nonzero(d, 30)]
    return { gold: `a=${a}, b=${b}`, same: d.one([`b=${b}, a=${a}`, `a=${a} \\text{ and } b=${b}`, `${a}, ${b}`]), other: d.one([`a=${a}, b=${b + 1}`, `a=${a}`, `b=${a}, a=${b === a ? b + 1 : b}`]) }
  },
  'systems of values': d => {
    const [a, b, c] = [d.from(1, 20), d.from(21, 40), d.from(41, 60)]
    return { gold: `p=${a},q=${b};p=${c},q=${b}`, same: d.one([`p=${c}, q=${b} \\quad\\text{and}\\quad p=${a}, q=${b}`, `p=${a}, q=${b} \\text{ or } p=${c}, q=${b}`]), other: d.one([`p=${a},q=${b};p=${c},q=${c}`, `p=${a},q=${b}`, `p=${b},q=${a};p=${c},q=${b}`]) }
  },
  matrix: d => {
    const [a, b, c, e] = [d.from(0, 9), d.from(10, 20), d.from(21, 30), d.from(31, 40)]
    const of = (...v: readonly (string | number)[]) => `\\begin{pmatrix}${v[0]}&${v[1]}\\\\${v[2]}&${v[3]}\\end{pmatrix}`
    return { gold: of(a, b, c, e), same: of(a, `\\frac{${2 * b}}{2}`, c, e).replaceAll('pmatrix', 'bmatrix'), other: d.one([of(a, c, b, e), of(a, b, c, e + 1), of(a, b, -c, e)]) }
  },
  quantity: d => {
    const n = d.from(2, 90)
    return d.one([
      { gold: `${n}\\text{ m}`, same: `${100 * n}\\text{ cm}`, other: `${10 * n}\\text{ cm}` },
      { gold: `${n}\\text{ hours}`, same: `${60 * n}\\text{ minutes}`, other: `${60 * n + 1}\\text{ minutes}` },
      { gold: `${n}\\text{ kg}`, same: `${1000 * n}\\text{ g}`, other: `${n}\\text{ g}` },
    ])
  },
  'compound quantity': d => {
    const [h, m] = [d.from(1, 20), d.from(1, 58)]
    return { gold: `${h} \\text{ hours } ${m} \\text{ minutes}`, same: d.one([`${h}\\text{ h }${m}\\text{ min}`, `${60 * h + m}\\text{ minutes}`, `${h} \\text{ hours and } ${m} \\text{ minutes}`]), other: d.one([`${h} \\text{ hours } ${m + 1} \\text{ minutes}`, `${h + 1} \\text{ hours } ${m} \\text{ minutes}`, `${h} \\text{ hours}`]) }
  },
  counts: d => {
    const [a, b] = [d.from(2, 20), d.from(21, 40)]
    const [x, y] = d.one([['chickens', 'rabbits'], ['apples', 'pears'], ['red balls', 'blue balls']])
    return { gold: `${a} \\text{ ${x} and } ${b} \\text{ ${y}}`, same: d.one([`${b}\\text{ ${y}, }${a}\\text{ ${x}}`, `${a}, ${b}`]), other: d.one([`${b}\\text{ ${x} and }${a}\\text{ ${y}}`, `${a} \\text{ ${x} and } ${b + 1} \\text{ ${y}}`, `${b}, ${a}`]) }
  },
  'degrees beside a letter': d => {
    const [n, k, t] = [d.one([45, 60, 90, 180, 270]), d.from(2, 9), d.one(['\\alpha', 'x', '\\theta'])]
    return { gold: `${n}^\\circ-${k}${t}`, same: d.one([`${n}-${k}${t}`, `-${k}${t}+${n}^\\circ`, `${n}°-${k}${t}`]), other: d.one([`${n}+${k}${t}`, `${n + 1}^\\circ-${k}${t}`, `${n}^\\circ-${k + 1}${t}`]) }
  },
  'qualified constant': d => {
    const [a, n] = [d.from(2, 9), d.from(2, 5)]
    return { gold: `f(x)=${a}x^{${n}}+c`, same: `f(x)=${a}x^{${n}}+c \\text{ ${d.one(['where $c$ is a constant', 'for any real constant $c$', 'where $c$ is any real number', 'with an arbitrary constant $c$'])}}`.replace(/\$c\$/g, '} c \\text{').replace(/\\text\{ ?\}/g, ''), other: d.one([`f(x)=${a}x^{${n}}`, `f(x)=${a}x^{${n}}-c \\text{ where } d \\text{ is a constant}`, `f(x)=${a}x^{${n}}+c \\text{ where } c=1`]) }
  },
  'qualified integer': d => {
    const [a, b, k] = [d.from(1, 9), d.from(2, 9), d.one(['k', 'n', 'm'])]
    const core = `\\frac{${a}\\pi}{${b}}+2${k}\\pi`
    return { gold: `${core}, ${k}\\in\\mathbb{Z}`, same: d.one([core, `${core} \\quad (${k} \\in \\mathbb Z)`, `${core} \\text{ for any integer } ${k}`, `${core} \\text{ where } ${k} \\text{ is an integer}`]), other: d.one([`\\frac{${a}\\pi}{${b}}+${k}\\pi, ${k}\\in\\mathbb{Z}`, `${core}, ${k}\\in\\mathbb{R}`, `${core} \\text{ for any real } ${k}`, `\\frac{${a + 1}\\pi}{${b}}+2${k}\\pi`]) }
  },
  ratio: d => {
    const [a, b, k] = [d.from(2, 20), d.from(61, 90), d.from(2, 9)]
    return { gold: `${a}:${b}`, same: `${k * a}:${k * b}`, other: d.one([`${k * b}:${k * a}`, `${k * a}:${k * b + 1}`]) }
  },
  base: d => {
    const [n, b] = [d.from(100, 999), d.from(4, 9)]
    const digits = n.toString(b)
    return { gold: `${digits}_${b}`, same: `${digits}_{${b}}`, other: d.one([`${digits}_{${b + 1}}`, `${(n + 1).toString(b)}_{${b}}`, digits]) }
  },
  word: d => {
    const word = d.one(['even', 'odd', 'increasing', 'Tuesday', 'no solution', 'north'])
    return { gold: `\\text{${word}}`, same: d.one([word, `\\text{${word.toUpperCase()}}`, `\\textbf{${word}}`]), other: d.one([`\\text{not ${word}}`, `\\text{${word}ly}`, `\\text{${word} or none}`]) }
  },
  option: d => {
    const at = d.from(0, 4)
    const letter = 'ABCDE'[at]
    return { gold: `\\text{(${letter})}`, same: d.one([letter, `(${letter})`, `\\textbf{(${letter})}`]), other: d.one(['ABCDE'[(at + 1) % 5], `(${'ABCDE'[(at + 2) % 5]})`, `${letter}, ${'ABCDE'[(at + 1) % 5]}`]) }
  },
  'rounded decimal': d => {
    const [a, b] = [d.from(1, 50), d.one([3, 7, 9, 11, 13])]
    const p = d.from(7, 9)
    const value = (a / b + 1).toFixed(p)
    const n = a + b
    return n % b === 0 || gcd(n, b) === b
      ? { gold: '\\frac{4}{3}', same: '1.3333333', other: '1.3334' }
      : { gold: `\\frac{${n}}{${b}}`, same: value, other: d.one([(n / b + 10 ** -3).toFixed(p), (n / b).toFixed(1)]) }
  },
  'list of decimals': d => {
    const [a, b] = [d.one([3, 7, 9, 11]), d.one([2, 3, 5, 7])]
    const list = (x: number, y: number) => `${x.toFixed(4)}, ${y.toFixed(4)}`
    return { gold: `\\frac{1}{${a}}, \\sqrt{${b}}`, same: list(1 / a, Math.sqrt(b)), other: d.one([list(1 / a, Math.sqrt(b) + 0.0002), list(1 / a + 0.0002, Math.sqrt(b)), list(1 / a, -Math.sqrt(b))]) }
  },
  'sums in a tuple': d => {
    const [a, b, c] = [nonzero(d, 9), nonzero(d, 9), d.from(2, 9)]
    const [p, q, r] = d.one([['x', 'y', 'z'], ['a', 'b', 'c'], ['u', 'v', 'w']])
    return { gold: `(${first(a, p)}${term(b, q)}+${r}, ${c}${p}-${q})`, same: `(${r}${term(b, q)}${term(a, p)}, -${q}+${c}${p})`, other: d.one([`(${r}${term(b, q)}${term(-a, p)}, -${q}+${c}${p})`, `(-${q}+${c}${p}, ${r}${term(b, q)}${term(a, p)})`, `(${r}${term(b, q)}${term(a, p)}, ${q}+${c}${p})`]) }
  },
  'stray signs': d => {
    const n = nonzero(d, 999)
    return { gold: String(n), same: d.one([`${n} \\\\`, `$${n}`, `${n}$`, `\\\\ ${n}`, `${n}.`, `'${n}'`, `\\; ${n} \\;`]), other: d.one([`${n + 1} \\\\`, `$${-n}`, `\\\\ ${n}0`]) }
  },
  'range of a function': d => {
    const [a, b] = [nonzero(d, 20), d.from(21, 40)]
    return { gold: `${a}<f(x)<${b}`, same: `(${a},${b})`, other: d.one([`(${a},${b}]`, `(${a},${b + 1})`, `[${a},${b})`]) }
  },
  'last of a chain': d => {
    const [a, b] = [d.from(2, 40), d.from(41, 90)]
    const say = (n: string) => d.one([`So the total is $T = ${a} + ${b} = ${n}$.`, `Therefore $f(3) = ${a} + ${b} = ${n}$`, `We find that\n\\[ S_n = ${a} + ${b} = ${n}. \\]`])
    return { gold: String(a + b), same: say(String(a + b)), other: say(String(a + b + 1)), mode: 'text' }
  },
  'matrix at the end of prose': d => {
    const [a, b] = [d.from(1, 20), d.from(21, 40)]
    const of = (x: number, y: number) => `\\begin{pmatrix} ${x} \\\\ ${y} \\end{pmatrix}`
    const say = (m: string) => d.one([`Hence $\\mathbf{v} = ${m}$.`, `Hence $A\\mathbf{x} = 2 \\cdot \\mathbf{w} = ${m}.$`, `Thus the vector is \\[ \\mathbf{p} = ${m}. \\]`])
    return { gold: of(a, b), same: say(of(a, b)), other: say(d.one([of(b, a), of(a, b + 1), of(-a, b)])), mode: 'text' }
  },
  'boxes in prose': d => {
    const [a, b] = [d.from(1, 20), d.from(21, 40)]
    return { gold: `${a}, ${b}`, same: d.one([`The roots are $\\boxed{${a}}$ and $\\boxed{${b}}$.`, `\\boxed{${b}}, \\boxed{${a}}`, `So \\boxed{${a}, ${b}} it is, by $x^2 = ${a}$.`]), other: d.one([`First \\boxed{${a}}. So the answer is \\boxed{${b}}.`, `\\boxed{${a}}\n\nNo: \\boxed{${a}, ${b + 1}}`, `The roots are $\\boxed{${a}}$ and $\\boxed{${b + 1}}$.`]), mode: 'text' }
  },
} // biome-ignore format: a table
