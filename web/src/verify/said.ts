/**
 * What a field of a receipt says to people who know neither our codes nor our identifiers. A field that has no words is left to the
 * exact texts.
 */
import { codes } from './locales/codes'
import { readable } from './show'
import { language, words } from './words'

/** Fields whose text a person wrote, or that are moments and plain numbers. */
const spoken = new Set(
  ['seq', 'number', 'at', 'note', 'bytes', 'count', 'lockedUntil', 'result', 'title', 'description', 'rows', 'reason', 'takenAt', 'name', 'until'].map((name) => `fields/${name}`),
)

const codesOf: Record<string, Record<string, readonly [zh: string, en: string]>> = {
  'fields/role': codes.roles,
  'fields/department': codes.departments,
  'fields/from': codes.states,
  'fields/to': codes.states,
  'fields/action': codes.actions,
  'fields/purpose': codes.purposes,
  'fields/procedure': codes.procedures,
}

const regions = new Set(['fields/region', 'fields/place', 'fields/grid'])

/** The field's name; null for one that is not known. */
export const fieldName = (field: string): string | null => (Object.hasOwn(words.value.fields, field) ? words.value.fields[field]! : null)

/** What the field holds, in words; null where that is a code or an identifier without any. */
export function said(field: string, json: string): string | null {
  const value: unknown = JSON.parse(json)
  if (value === null || value === '') return '—'
  if (typeof value === 'boolean') return value ? words.value.yes : words.value.no
  if (typeof value === 'object') return spoken.has(field) ? inLanguage(value) : null
  const text = String(value)
  if (field === 'kind') return Object.hasOwn(words.value.kinds, text) ? words.value.kinds[text]! : null
  if (regions.has(field)) return division(text)
  const known = codesOf[field]
  if (known) return Object.hasOwn(known, text) ? known[text]![language.value === 'en' ? 1 : 0] : null
  return spoken.has(field) ? readable(json) : null
}

/** A text that is written in both languages. */
function inLanguage(value: object): string | null {
  const { zh, en } = value as Record<string, unknown>
  const text = language.value === 'en' ? (en ?? zh) : zh
  return typeof text === 'string' ? readable(JSON.stringify(text)) : null
}

/** A path such as `35.03.02.` is a division code taken apart; six segments are a grid's. */
function division(path: string): string | null {
  if (!/^(?:\d+\.){1,6}$/.test(path)) return null
  const segments = path.split('.').slice(0, -1)
  return words.value[segments.length === 6 ? 'grid' : 'division'](segments.join(''))
}
