/**
 * Ed25519 (RFC 8032) by the browser where it has it, else by `@noble/ed25519`, which is loaded only then. What browsers
 * leave open is decided here: points of small order are no keys, and no signature may use one.
 */
import type { Bytes } from './bytes'
import { subtle } from './hash'

export type Verify = (key: Bytes, signature: Bytes, message: Bytes) => Promise<boolean>

const p = 2n ** 255n - 19n
const d = 37095705934669439343138083508754565189542113879843219016388785533085940283555n
/** The y of the points whose order divides 8, also as the encodings p and p + 1 that stand for 0 and 1. */
const y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n
const smallOrder = new Set([0n, 1n, p - 1n, p, p + 1n, y8, p - y8])

const y = (point: Bytes): bigint => point.reduceRight((sum, byte, at) => (sum << 8n) | BigInt(at === 31 ? byte & 0x7f : byte), 0n)

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base % p, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % p) {
    if ((rest & 1n) === 1n) result = (result * square) % p
  }
  return result
}

/** Whether 32 bytes stand for a point of the curve: x² = (y² − 1) / (d·y² + 1) has a solution. */
export function isPoint(bytes: Bytes): boolean {
  const squared = y(bytes) ** 2n % p
  const ratio = ((squared - 1n + p) * (d * squared + 1n)) % p
  return ratio === 0n || power(ratio, (p - 1n) / 2n) === 1n
}

export const isSmall = (point: Bytes): boolean => smallOrder.has(y(point))

export const byBrowser: Verify = async (key, signature, message) => {
  const imported = await subtle().importKey('raw', key, { name: 'Ed25519' }, false, ['verify'])
  return subtle().verify({ name: 'Ed25519' }, imported, signature, message)
}

export const byNoble: Verify = async (key, signature, message) => {
  const { verifyAsync } = await import('@noble/ed25519')
  return verifyAsync(signature, message, key, { zip215: false }).catch(() => false)
}

/** From RFC 8032 §7.1, test 1: the signature of nothing. What a browser cannot do with this it cannot do at all. */
const knownKey = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='
const knownSignature = '5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw=='

const decoded = (base64: string): Bytes => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

async function browserCan(): Promise<boolean> {
  try {
    return await byBrowser(decoded(knownKey), decoded(knownSignature), new Uint8Array())
  } catch {
    return false
  }
}

let chosen: Promise<Verify> | undefined

/** Finds out once which of the two it is; called when the page opens, so that nothing is loaded later. */
export function prepare(): Promise<Verify> {
  chosen ??= browserCan().then(async (can) => {
    if (!can) await import('@noble/ed25519')
    return can ? byBrowser : byNoble
  })
  return chosen
}

export const verifyEd25519: Verify = async (key, signature, message) => {
  if (signature.length !== 64 || isSmall(key) || isSmall(signature.slice(0, 32))) return false
  const verify = await prepare()
  return verify(key, signature, message)
}
