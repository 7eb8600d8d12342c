// @vitest-environment node
/** Both ways of checking a signature agree, and neither is laxer than the Rust crate's `verify_strict`. */
import { describe, expect, it } from 'vitest'
import { hex, type Bytes } from '@/verify/core/bytes'
import { byBrowser, byNoble, isPoint, isSmall, prepare, verifyEd25519 } from '@/verify/core/ed25519'

const bytes = (digits: string): Bytes => Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16))
const little = (number: bigint): Bytes => bytes(number.toString(16).padStart(64, '0')).reverse()

/** RFC 8032 §7.1, test 3. */
const key = bytes('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025')
const message = bytes('af82')
const signature = bytes('6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a')
const order = 2n ** 252n + 27742317777372353535851937790883648493n
const p = 2n ** 255n - 19n

describe('Ed25519', () => {
  it.each([['the browser', byBrowser], ['noble', byNoble], ['the page', verifyEd25519]])('by %s', async (_name, verify) => {
    expect(await verify(key, signature, message)).toBe(true)
    for (const place of [0, 31, 32, 63]) {
      const changed = signature.slice()
      changed[place]! ^= 1
      expect(await verify(key, changed, message), String(place)).toBe(false)
    }
    expect(await verify(key, signature, bytes('af83'))).toBe(false)
  })

  it('refuses the same signature written with a larger number', async () => {
    const scalar = BigInt(`0x${hex(signature.slice(32).reverse())}`)
    const larger = Uint8Array.from([...signature.slice(0, 32), ...little(scalar + order)])
    for (const verify of [byBrowser, byNoble, verifyEd25519]) expect(await verify(key, larger, message)).toBe(false)
  })

  it('refuses keys of small order, which sign everything', async () => {
    const identity = little(1n)
    const forged = Uint8Array.from([...identity, ...new Uint8Array(32)])
    expect(await verifyEd25519(identity, forged, message)).toBe(false)
    const y8 = bytes('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
    for (const point of [little(0n), identity, little(p - 1n), little(p), little(p + 1n), y8]) {
      expect(isSmall(point)).toBe(true)
      expect(isSmall(point.map((byte, at) => (at === 31 ? byte | 0x80 : byte)))).toBe(true)
    }
    expect(isSmall(key)).toBe(false)
  })

  it('refuses signatures of another length', async () => {
    for (const length of [0, 63, 65]) expect(await verifyEd25519(key, new Uint8Array(length), message)).toBe(false)
  })

  it('tells points from other numbers', () => {
    expect([key, little(0n), little(1n), little(4n * 0n + 3n)].map(isPoint)).toEqual([true, true, true, true])
    expect(isPoint(little(2n))).toBe(false)
    const points = Array.from({ length: 200 }, (_, y) => little(BigInt(y))).filter(isPoint)
    expect(points.length).toBeGreaterThan(70)
    expect(points.length).toBeLessThan(130)
  })

  it('asks the browser first', async () => expect(await prepare()).toBe(byBrowser))
})
