/** Whether a checkpoint is good enough for the keys a person trusts. */
import type { Checkpoint } from './checkpoint'
import type { PinnedKeys } from './keyFile'
import { refuse } from './refusal'
import { claims, cosigned, signed, type VerifierKey } from './vkey'

/** A witness that signed, and when it says it saw the checkpoint, in seconds since 1970. */
export interface Cosigned {
  name: string
  time: bigint
}

export interface Evidence {
  origin: string
  size: bigint
  /** Pinned witnesses that signed, in the order of the key file. */
  cosigned: Cosigned[]
  /** How many were needed. */
  quorum: number
}

/** Signatures of other keys are passed over; one wrong signature in the name of a pinned key is enough to refuse the whole. */
export async function checkEvidence(keys: PinnedKeys, checkpoint: Checkpoint): Promise<Evidence> {
  const { origin, head } = checkpoint
  if (origin !== keys.log.name) refuse({ link: 'log', why: 'origin', found: origin, pinned: keys.log.name })
  await checkLog(keys.log, checkpoint)
  const seen: Cosigned[] = []
  for (const witness of keys.witnesses) {
    const time = await earliest(witness, checkpoint)
    if (time !== null) seen.push({ name: witness.name, time })
  }
  if (seen.length < keys.quorum) refuse({ link: 'witnesses', why: 'quorum', found: seen.length, needed: keys.quorum })
  return { origin, size: head.size, cosigned: seen, quorum: keys.quorum }
}

async function checkLog(log: VerifierKey, { note }: Checkpoint): Promise<void> {
  const own = note.signatures.filter((signature) => claims(log, signature))
  for (const signature of own) {
    if (!(await signed(log, note.text, signature))) refuse({ link: 'log', why: 'signature', name: log.name })
  }
  if (own.length === 0) refuse({ link: 'log', why: 'unsigned', name: log.name })
}

/** The time of the witness's signature, of several the earliest; null when it did not sign. */
async function earliest(witness: VerifierKey, { note }: Checkpoint): Promise<bigint | null> {
  let first: bigint | null = null
  for (const signature of note.signatures.filter((one) => claims(witness, one))) {
    const time = (await cosigned(witness, note.text, signature)) ?? refuse({ link: 'witnesses', why: 'signature', name: witness.name })
    if (first === null || time < first) first = time
  }
  return first
}

/**
 * By when everything in the log existed, in seconds since 1970: the latest among as many of the earliest cosignatures
 * as the quorum asks for. It holds if at least one of those witnesses is honest. Null without witnesses.
 */
export function existedBy({ cosigned, quorum }: Evidence): bigint | null {
  const times = cosigned.map(({ time }) => time).sort((a, b) => (a < b ? -1 : Number(a > b)))
  return times[quorum - 1] ?? null
}
