// @vitest-environment node
/** The names of codes are those of today's catalog. */
import { expect, it } from 'vitest'
import { codes } from '@/verify/locales/codes'

const catalog = import.meta.glob('../../../catalog/{roles,purposes,departments,procedures/incident}.yaml', { query: '?raw', import: 'default', eager: true }) as Record<string, string>

/** `code: x` and then `name: {zh: …, en: …}`, as the catalog writes them. */
const named = (text: string) =>
  [...text.matchAll(/\bcode: (\w+),?\s+name: \{zh: ([^,]+), en: ("[^"]+"|[^}]+)\}/g)].map(([, code, zh, en]) => [code!, [zh!, en!.replace(/^"|"$/g, '')]] as const)

it.each([
  ['roles', 'roles', ['roles']],
  ['purposes', 'purposes', ['purposes']],
  ['departments', 'departments', ['departments']],
  ['procedures/incident', 'the procedure, its states and actions', ['procedures', 'states', 'actions']],
] as const)('%s: %s', (file, _what, kinds) => {
  const known = kinds.flatMap((kind) => Object.entries(codes[kind]))
  const wanted = named(catalog[`../../../catalog/${file}.yaml`]!)
  expect(wanted.length).toBeGreaterThan(4)
  for (const one of wanted) expect(known).toContainEqual(one)
})
