/** Proof files (C2SP tlog-proof): what is shown, place, inclusion proof and checkpoint in one text. */
import { decimal, fromBase64, fromUtf8, hashOf, lines, splitOnce, utf8, type Bytes } from './bytes'
import { parseCheckpoint, type Checkpoint } from './checkpoint'
import { refuse } from './refusal'

const firstLine = utf8('c2sp.org/tlog-proof@v1\n')
const longestProof = 64

/** Not yet checked. */
export interface ProofFile {
  /** Bytes that nobody signed, with a meaning of the application's; not empty. */
  extra: Bytes | null
  /** The entry's place in the log, from 0. */
  index: bigint
  /** Siblings from the leaf upwards. */
  proof: Bytes[]
  checkpoint: Checkpoint
}

export function parseProofFile(bytes: Bytes): ProofFile {
  if (!startsWith(bytes, firstLine)) refuse({ link: 'file', why: 'version' })
  const rest = bytes.slice(firstLine.length)
  const end = rest.findIndex((byte, at) => byte === 10 && rest[at + 1] === 10)
  const head = (end < 0 ? null : fromUtf8(rest.slice(0, end + 1))) ?? refuse({ link: 'file', why: 'proof' })
  const { extra, body } = extraOf(head)
  const [indexLine, proofLines] = splitOnce(body, '\n') ?? refuse({ link: 'file', why: 'index' })
  const number = indexLine.startsWith('index ') ? decimal(indexLine.slice('index '.length)) : null
  const index = number ?? refuse({ link: 'file', why: 'index' })
  const proof = hashes(proofLines) ?? refuse({ link: 'file', why: 'proof' })
  return { extra, index, proof, checkpoint: parseCheckpoint(rest.slice(end + 2)) }
}

const startsWith = (bytes: Bytes, start: Bytes): boolean => start.every((byte, at) => byte === bytes[at])

function extraOf(head: string): { extra: Bytes | null; body: string } {
  if (!head.startsWith('extra ')) return { extra: null, body: head }
  const [encoded, body] = splitOnce(head.slice('extra '.length), '\n') ?? refuse({ link: 'file', why: 'index' })
  const extra = fromBase64(encoded)
  return extra && extra.length > 0 ? { extra, body } : refuse({ link: 'file', why: 'extra' })
}

function hashes(text: string): Bytes[] | null {
  if (text === '') return []
  const all = lines(text)
  if (!all || all.length > longestProof) return null
  const read = all.map(hashOf)
  return read.every((hash) => hash !== null) ? read : null
}
