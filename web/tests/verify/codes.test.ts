// @vitest-environment node
/** The names of codes are those of today's catalog. */
import { expect, it } from 'vitest'
import { codes } from '@/verify/locales/codes'

const catalog = import.meta.glob('../../../catalog/{roles,purposes,procedures/incident}.yaml', { query: '?raw', import: 'default', eager: true }) as Record<string, string>

/** `code: x` with `name: {zh: …, en: …}` on the next line, as the catalog writes them. */
const named = (text: string) =>
  [...text.matchAll(/- code: (\w+)\n\s+name: \{zh: ([^,]+), en: ([^}]+)\}/g)].map(([, code, zh, en]) => [code!, [zh!, en!.replace(/^"|"$/g, '')]] as const)

it.each([
  ['roles', 'roles', ['roles']],
  ['purposes', 'purposes', ['purposes']],
  ['procedures/incident', 'states and actions', ['states', 'actions']],
] as const)('%s: %s', (file, _what, kinds) => {
  const known = kinds.flatMap((kind) => Object.entries(codes[kind]))
  const wanted = named(catalog[`../../../catalog/${file}.yaml`]!)
  expect(wanted.length).toBeGreaterThan(4)
  for (const one of wanted) expect(known).toContainEqual(one)
})
