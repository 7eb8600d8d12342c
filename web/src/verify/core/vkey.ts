/** Public keys as C2SP writes them, `<name>+<id>+<base64 of type and key>`, and whether a signature is theirs. */
import { concat, equal, fromBase64, hex, splitOnce, toBase64, utf8, type Bytes } from './bytes'
import { isPoint, verifyEd25519 } from './ed25519'
import { sha256 } from './hash'
import { isName, type Signature } from './note'

/** Type 1 signs a text as it is (logs), type 4 with the time it was seen (witnesses). */
export type Algorithm = 1 | 4

export interface VerifierKey {
  name: string
  algorithm: Algorithm
  /** The Ed25519 public key. */
  key: Bytes
  /** The first four bytes of the hash over name, type and key. */
  id: Bytes
}

export type KeyFault = 'key' | 'algorithm' | 'id'

/** The key, or what is wrong with the text: its form, its type, or its digits. */
export async function parseKey(text: string): Promise<VerifierKey | KeyFault> {
  const [name, rest] = splitOnce(text, '+') ?? ['', '']
  const [digits, encoded] = splitOnce(rest, '+') ?? ['', '']
  const bytes = fromBase64(encoded)
  if (!isName(name) || !bytes || bytes.length === 0) return 'key'
  const [algorithm, key] = [bytes[0], bytes.slice(1)]
  if ((algorithm !== 1 && algorithm !== 4) || key.length !== 32 || !isPoint(key)) return 'algorithm'
  const id = (await sha256(utf8(name), Uint8Array.of(10, algorithm), key)).slice(0, 4)
  return hex(id) === digits ? { name, algorithm, key, id } : 'id'
}

export const keyText = ({ name, id, algorithm, key }: VerifierKey): string =>
  `${name}+${hex(id)}+${toBase64(concat(Uint8Array.of(algorithm), key))}`

/** Whether a line claims to be by this key. */
export const claims = (key: VerifierKey, signature: Signature): boolean =>
  signature.name === key.name && equal(signature.keyId, key.id)

/** Whether a log's key signed the text. */
export const signed = (key: VerifierKey, text: string, signature: Signature): Promise<boolean> =>
  verifyEd25519(key.key, signature.bytes, utf8(text))

/** When a witness says it saw the text, in seconds since 1970; null when the signature is wrong. */
export async function cosigned(key: VerifierKey, text: string, { bytes }: Signature): Promise<bigint | null> {
  if (bytes.length !== 72) return null
  const time = BigInt(`0x${hex(bytes.slice(0, 8))}`)
  if (time >= 2n ** 63n) return null
  const message = utf8(`cosignature/v1\ntime ${time}\n${text}`)
  return (await verifyEd25519(key.key, bytes.slice(8), message)) ? time : null
}
