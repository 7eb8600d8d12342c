// @vitest-environment node
/** Every kind of record that the server writes has a name in both languages: nobody reads its key. */
import { expect, it } from 'vitest'
import { en } from '@/verify/locales/en'
import { zh } from '@/verify/locales/zh'

const sources = import.meta.glob('../../../crates/{domain,store,server}/src/**/*.rs', { query: '?raw', import: 'default', eager: true }) as Record<string, string>

/** `Record::new("kind"`, `entry("kind"` and `self.record("kind"`, on one line or two. */
const written = (text: string) => [...text.matchAll(/(?:Record::new|entry|self\.record)\(\s*"([a-z]+\.[a-z_]+)"/g)].map(([, kind]) => kind!)
const kinds = [...new Set(Object.values(sources).flatMap(written))]

it('finds the kinds', () => expect(kinds).toEqual(expect.arrayContaining(['case.step', 'people.add', 'erasure.done', 'grid.import'])))
it.each([['zh', zh], ['en', en]] as const)('names them in %s', (_, words) => expect(kinds.filter((kind) => !(kind in words.kinds))).toEqual([]))
