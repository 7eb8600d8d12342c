/** The keys of the ledger's test vectors, to sign what they would not: log 1, court 2, school 3, each seed 32 times the same byte. */
import { concat, toBase64, utf8, type Bytes } from '@/verify/core/bytes'
import { sha256 } from '@/verify/core/hash'
import type { Algorithm } from '@/verify/core/vkey'

export interface Signer {
  vkey: string
  /** The signature line for a text; witnesses put their time before it. */
  line: (text: string, time?: bigint) => Promise<string>
}

/** What stands before a seed in PKCS #8 (RFC 8410). */
const pkcs8 = Uint8Array.from([0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20])

function timeBytes(time: bigint): Bytes {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, time)
  return bytes
}

export async function signer(name: string, algorithm: Algorithm, seed: number): Promise<Signer> {
  const secret = await crypto.subtle.importKey('pkcs8', concat(pkcs8, new Uint8Array(32).fill(seed)), { name: 'Ed25519' }, true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', secret)
  const key = Uint8Array.from(atob(x!.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0))
  const typed = concat(Uint8Array.of(algorithm), key)
  const id = (await sha256(utf8(`${name}\n`), typed)).slice(0, 4)
  const sign = async (text: string) => new Uint8Array(await crypto.subtle.sign({ name: 'Ed25519' }, secret, utf8(text)))
  const digits = [...id].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return {
    vkey: `${name}+${digits}+${toBase64(typed)}`,
    async line(text, time = 0n) {
      const signed = algorithm === 1 ? await sign(text) : concat(timeBytes(time), await sign(`cosignature/v1\ntime ${time}\n${text}`))
      return `— ${name} ${toBase64(concat(id, signed))}\n`
    },
  }
}
