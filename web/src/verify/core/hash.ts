/** Hashes of leaves and nodes (RFC 6962 §2.1), by the browser's own SHA-256. */
import { concat, type Bytes } from './bytes'
import { refuse } from './refusal'

/** The browser's cryptography, which it withholds from pages that came over plain http. */
export function subtle(): SubtleCrypto {
  return globalThis.crypto?.subtle ?? refuse({ link: 'browser' })
}

export const sha256 = async (...parts: readonly Uint8Array[]): Promise<Bytes> =>
  new Uint8Array(await subtle().digest('SHA-256', concat(...parts)))

/** The hash of an entry as a leaf of the log. */
export const leafHash = (entry: Bytes): Promise<Bytes> => sha256(Uint8Array.of(0), entry)

export const nodeHash = (left: Bytes, right: Bytes): Promise<Bytes> => sha256(Uint8Array.of(1), left, right)

/** The root over leaf hashes: on the left the largest power of two that is below their number. */
export async function rootOf(leaves: readonly Bytes[]): Promise<Bytes> {
  const [only] = leaves
  if (!only) return sha256()
  if (leaves.length === 1) return only
  let left = 1
  while (left * 2 < leaves.length) left *= 2
  return nodeHash(await rootOf(leaves.slice(0, left)), await rootOf(leaves.slice(left)))
}
