/** Notes: a text, an empty line, signature lines (C2SP signed-note). */
import { fromBase64, fromUtf8, hasControls, lines, splitOnce, type Bytes } from './bytes'
import { refuse } from './refusal'

const longest = 1 << 20
const mostSignatures = 64

/** One signature line, not yet checked. */
export interface Signature {
  name: string
  /** Four bytes that tell keys of one name apart. */
  keyId: Bytes
  /** What the key's algorithm made; of a cosignature the time stands first. */
  bytes: Bytes
}

export interface Note {
  /** What is signed, with its last newline. */
  text: string
  signatures: Signature[]
}

export function parseNote(bytes: Bytes): Note {
  if (bytes.length > longest) refuse({ link: 'file', why: 'tooLong' })
  const all = fromUtf8(bytes) ?? refuse({ link: 'file', why: 'characters' })
  const end = all.lastIndexOf('\n\n')
  if (end < 0) refuse({ link: 'file', why: 'signatures' })
  const text = all.slice(0, end + 1)
  if (hasControls(text, '\n')) refuse({ link: 'file', why: 'characters' })
  const signatures = parseSignatures(all.slice(end + 2)) ?? refuse({ link: 'file', why: 'signatures' })
  if (signatures.length > mostSignatures) refuse({ link: 'file', why: 'tooLong' })
  return { text, signatures }
}

/** One or more lines, each with its newline. */
export function parseSignatures(text: string): Signature[] | null {
  const all = lines(text)?.map(parseSignature)
  return all?.every((signature) => signature !== null) ? all : null
}

function parseSignature(line: string): Signature | null {
  const [name, encoded] = (line.startsWith('— ') && splitOnce(line.slice(2), ' ')) || ['', '']
  const bytes = fromBase64(encoded)
  if (!isName(name) || !bytes || bytes.length < 5) return null
  return { name, keyId: bytes.slice(0, 4), bytes: bytes.slice(4) }
}

/** Names are not empty and hold neither spaces nor plus signs, nor control characters. */
export const isName = (name: string): boolean => name !== '' && !/[\p{White_Space}+]/u.test(name) && !hasControls(name)
