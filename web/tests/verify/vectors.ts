/** The ledger's own vectors and the seeds of its fuzzing, which the Rust crate is tested on too. */
import { utf8, type Bytes } from '@/verify/core/bytes'
import { Refusal, type Fault } from '@/verify/core/refusal'

const all = import.meta.glob(
  ['../../../crates/ledger/tests/vectors/ours/{ledger.keys,case.tlog-proof}', '../../../crates/ledger/tests/vectors/inclusion.json', '../../../crates/ledger/fuzz/corpus/*/*'],
  { query: '?raw', import: 'default', eager: true },
) as Record<string, string>

const file = (path: string): string => all[`../../../crates/ledger/${path}`]!

export const receiptText = file('tests/vectors/ours/case.tlog-proof')
export const keysText = file('tests/vectors/ours/ledger.keys')

export interface InclusionVector {
  file: string
  leafIdx: number
  treeSize: number
  root: string
  leafHash: string
  proof: string[] | null
  wantErr: boolean
}
export const inclusionVectors = JSON.parse(file('tests/vectors/inclusion.json')) as InclusionVector[]

/** Names and texts of the seeds of one fuzz target. */
export function seeds(target: string): [string, string][] {
  const folder = `../../../crates/ledger/fuzz/corpus/${target}/`
  return Object.entries(all).flatMap(([path, text]) => (path.startsWith(folder) ? [[path.slice(folder.length), text]] : []))
}

/** Texts that differ in one place: a byte changed in one bit, left out, or doubled; as the Rust tests make them. */
export function* tampered(text: string): Generator<Bytes> {
  const bytes = utf8(text)
  for (const [place, byte] of bytes.entries()) {
    const changed = bytes.slice()
    changed[place]! ^= 1 << (place % 8)
    yield changed
    yield Uint8Array.from([...bytes.subarray(0, place), ...bytes.subarray(place + 1)])
    yield Uint8Array.from([...bytes.subarray(0, place), byte, ...bytes.subarray(place)])
  }
}

/** The fault of what is refused; null when it is accepted. */
export async function faultOf(run: () => unknown): Promise<Fault | null> {
  try {
    await run()
    return null
  } catch (error) {
    if (error instanceof Refusal) return error.fault
    throw error
  }
}
