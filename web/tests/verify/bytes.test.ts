// @vitest-environment node
/** Numbers, base64 and texts have one form each, as in crates/ledger/src/text.rs. */
import { describe, expect, it } from 'vitest'
import { decimal, fromBase64, fromUtf8, hashOf, lines, toBase64 } from '@/verify/core/bytes'

describe('texts of values', () => {
  it.each([['0', 0n], ['7', 7n], ['18446744073709551615', 2n ** 64n - 1n]])('reads %s', (text, number) => expect(decimal(text)).toBe(number))

  it.each(['', '00', '07', '+7', '-1', ' 7', '7 ', '7\n', '18446744073709551616', '99999999999999999999', '٣', '0x7', '1e3'])(
    'knows no number %j', (text) => expect(decimal(text)).toBeNull(),
  )

  it('reads base64 in one form only', () => {
    expect(fromBase64('AA==')).toEqual(Uint8Array.of(0))
    expect(fromBase64('')).toEqual(new Uint8Array())
    for (const text of ['AA', 'AA=', 'AB==', 'A A==', 'AA==\n', 'AA==AA==', '-_==', 'AA===', 'é']) expect(fromBase64(text), text).toBeNull()
  })

  it('asks a hash for 32 bytes', () => {
    expect(hashOf(toBase64(new Uint8Array(32)))).toHaveLength(32)
    for (const length of [0, 31, 33]) expect(hashOf(toBase64(new Uint8Array(length)))).toBeNull()
  })

  it('keeps a byte order mark and refuses what is not UTF-8', () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x80]]) expect(fromUtf8(Uint8Array.from(bytes))).toBeNull()
  })

  it('wants the last newline', () => {
    expect(lines('a\n\nb\n')).toEqual(['a', '', 'b'])
    expect(lines('a\nb')).toBeNull()
  })
})
