/** Receipts: a proof file whose extra line shows what of the record its holder may show, and the check of the whole chain. */
import type { Bytes } from './bytes'
import { checkEvidence, type Evidence } from './evidence'
import { leafHash } from './hash'
import { checkInclusion } from './inclusion'
import type { PinnedKeys } from './keyFile'
import { commitment, readParts, type Part } from './parts'
import { parseProofFile, type ProofFile } from './proofFile'
import { refuse } from './refusal'

/** Not yet checked: believe nothing of it before `verifyReceipt`. */
export interface Receipt extends ProofFile {
  parts: Part[]
}

export interface Proven {
  /** The record's commitment, which is the log's entry. */
  commitment: Bytes
  /** Its place in the log, from 0. */
  index: bigint
  evidence: Evidence
}

export function parseReceipt(bytes: Bytes): Receipt {
  const file = parseProofFile(bytes)
  if (!file.extra) return refuse({ link: 'file', why: 'noFields' })
  const parts = readParts(file.extra) ?? refuse({ link: 'file', why: 'fields' })
  return { ...file, parts }
}

/**
 * Shown fields to commitment, commitment to its place in the log, log to the signatures of log and witnesses. How many
 * leaves are withheld is not proven: one hash may stand for several.
 */
export async function verifyReceipt(receipt: Receipt, keys: PinnedKeys): Promise<Proven> {
  const entry = await commitment(receipt.parts)
  await checkInclusion(await leafHash(entry), receipt.index, receipt.checkpoint.head, receipt.proof)
  return { commitment: entry, index: receipt.index, evidence: await checkEvidence(keys, receipt.checkpoint) }
}
