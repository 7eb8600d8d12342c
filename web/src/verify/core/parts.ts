/** The leaves of a record as a receipt's extra line shows them: each with its value and salt, or withheld, as its hash. */
import { fromUtf8, hashOf, toBase64, utf8, type Bytes } from './bytes'
import { rootOf, sha256 } from './hash'

export interface Shown {
  /** `kind`, `subject`, or `fields/` and the field's name. */
  name: string
  /** The exact text that was hashed; JSON. */
  value: string
  salt: Bytes
}

export interface Withheld {
  digest: Bytes
}

export type Part = Shown | Withheld

export const isShown = (part: Part): part is Shown => 'name' in part

/** Null unless the bytes are exactly what a receipt of version 1 writes. */
export function readParts(extra: Bytes): Part[] | null {
  const text = fromUtf8(extra)
  const fields = text === null ? null : fieldsOf(text)
  const parts = fields?.map(partOf)
  if (!parts?.every((part) => part !== null) || writeParts(parts) !== text) return null
  return isRecord(parts) ? parts : null
}

/** One text for each list of leaves: no spaces, members in this order. */
export function writeParts(parts: readonly Part[]): string {
  const fields = parts.map((part) =>
    isShown(part) ? { name: part.name, value: part.value, salt: toBase64(part.salt) } : { digest: toBase64(part.digest) },
  )
  return JSON.stringify({ v: 1, fields })
}

function fieldsOf(text: string): unknown[] | null {
  const read = parsed(text) as { fields?: unknown } | null | undefined
  return Array.isArray(read?.fields) ? read.fields : null
}

/** What else the object holds is found when it is written again. */
function partOf(field: unknown): Part | null {
  const { name, value, salt, digest } = (field ?? {}) as Record<string, unknown>
  const [salted, hidden] = [salt, digest].map((text) => (typeof text === 'string' ? hashOf(text) : null))
  if (hidden) return { digest: hidden }
  if (!isText(name) || !isText(value) || !salted) return null
  return { name, value, salt: salted }
}

/** Texts have no half of a surrogate pair: that would have no UTF-8. */
const isText = (value: unknown): value is string => typeof value === 'string' && !/\p{Surrogate}/u.test(value)

function isRecord(parts: readonly Part[]): boolean {
  const json = parts.every((part) => !isShown(part) || parsed(part.value) !== undefined)
  return parts.length >= 2 && json && inOrder(parts)
}

/** Kind, subject, then fields in the order of their names' UTF-16 code units, each once. */
function inOrder(parts: readonly Part[]): boolean {
  let last: string | null = null
  for (const [place, part] of parts.entries()) {
    if (!isShown(part)) continue
    const { name } = part
    if (place < 2) {
      if (name !== ['kind', 'subject'][place]) return false
      continue
    }
    if (!name.startsWith('fields/') || (last !== null && name <= last)) return false
    last = name
  }
  return true
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function digest(part: Part): Promise<Bytes> {
  if (!isShown(part)) return part.digest
  const name = utf8(part.name)
  const length = new Uint8Array(4)
  new DataView(length.buffer).setUint32(0, name.length)
  return sha256(Uint8Array.of(0), part.salt, length, name, utf8(part.value))
}

/** What the log has as its entry. */
export async function commitment(parts: readonly Part[]): Promise<Bytes> {
  return rootOf(await Promise.all(parts.map(digest)))
}
