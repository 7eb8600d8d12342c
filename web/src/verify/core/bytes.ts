/** Texts and bytes as the C2SP formats write them: one text for each value, so that nothing can be changed unnoticed. */
export type Bytes = Uint8Array<ArrayBuffer>

const largest = 2n ** 64n - 1n

/** UTF-8, a byte order mark kept as it is; null when the bytes are not UTF-8. */
export function fromUtf8(bytes: Bytes): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text)

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

export const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

/** RFC 4648 §4 with padding; bits that carry nothing must be zero. */
export function fromBase64(text: string): Bytes | null {
  try {
    const binary = atob(text)
    return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null
  } catch {
    return null
  }
}

/** The base64 of exactly 32 bytes. */
export function hashOf(text: string): Bytes | null {
  const bytes = fromBase64(text)
  return bytes?.length === 32 ? bytes : null
}

/** An ASCII decimal below 2⁶⁴, without sign or leading zeros. */
export function decimal(text: string): bigint | null {
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(text)) return null
  const number = BigInt(text)
  return number <= largest ? number : null
}

/** What stands before and behind the first `separator`; null when there is none. */
export function splitOnce(text: string, separator: string): [string, string] | null {
  const at = text.indexOf(separator)
  return at < 0 ? null : [text.slice(0, at), text.slice(at + separator.length)]
}

/** The lines of a text whose last line also ends with a newline; null when it does not. */
export const lines = (text: string): string[] | null => (text.endsWith('\n') ? text.slice(0, -1).split('\n') : null)

/** Whether a text holds a character below U+0020 other than those of `except`. */
export const hasControls = (text: string, except = ''): boolean =>
  [...text].some((character) => character < ' ' && !except.includes(character))
