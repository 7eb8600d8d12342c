/** Both languages say the same things, and every word the pages ask for exists. */
import { describe, expect, it } from 'vitest'
import en from '@/locales/en.json'
import zh from '@/locales/zh-CN.json'

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, prefix = ''): Map<string, string> {
  const entries = Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : [...flat(value, `${prefix}${key}.`)],
  )
  return new Map(entries)
}

const chinese = flat(zh)
const english = flat(en)
const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()

const sources = import.meta.glob(['../../src/**/*.vue', '../../src/**/*.ts', '!../../src/**/*.d.ts'], { query: '?raw', import: 'default', eager: true }) as Record<string, string>
const code = Object.values(sources).join('\n')
const inQuotes = [...code.matchAll(/['"`]([a-z][A-Za-z]*(?:\.\w+)+)['"`]/g)].map((match) => match[1]!)
const inCalls = [...code.matchAll(/\bt\(((?:[^()'`]|'[^']*')*)/g)].flatMap((call) => [...call[1]!.matchAll(/'([a-z]\w*(?:\.\w+)+)'/g)].map((match) => match[1]!))
const starts = [...code.matchAll(/`([a-z][A-Za-z]*\.[\w.]*)\$\{/g)].map((match) => match[1]!)

describe('locales', () => {
  it('have the same keys', () => expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort()))

  it('have the same places for values', () => {
    const different = [...chinese].filter(([key, text]) => holes(text).join() !== holes(english.get(key) ?? '').join())
    expect(different.map(([key]) => key)).toEqual([])
  })

  it('leave nothing empty', () => expect([...chinese, ...english].filter(([, text]) => !text.trim())).toEqual([]))

  it('know every word the pages ask for', () => {
    expect(inCalls.length).toBeGreaterThan(200)
    expect([...new Set(inCalls)].filter((key) => !chinese.has(key))).toEqual([])
  })

  it('hold no word that nobody asks for', () => {
    const asked = new Set(inQuotes)
    const unused = [...chinese.keys()].filter((key) => !asked.has(key) && !starts.some((start) => key.startsWith(start)))
    expect(unused.filter((key) => !key.startsWith('errors.'))).toEqual([])
  })
})
