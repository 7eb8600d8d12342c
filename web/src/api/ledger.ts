/** How the ledger is doing, and receipts: the proof that something is in it. */
import { client, unwrap } from './client'
import { unwrapFile, type Download } from './download'
import { askPatiently, silence } from './patience'
import { networkError, problemOf } from './problem'
import type { LedgerState } from './types'

export const ledgerFetch = (): Promise<LedgerState> => unwrap(client.GET('/api/v1/ledger'))

/** The proof of a case's step by the step's place in the ledger. */
export function caseReceipt(id: string, seq: number): Promise<Download> {
  const params = { path: { id, seq } }
  return unwrapFile(client.GET('/api/v1/cases/{id}/receipts/{seq}', { params, parseAs: 'blob' }), `${id}-${seq + 1}.tlog-proof`)
}

export function lookReceipt(seq: number): Promise<Download> {
  const params = { path: { seq } }
  return unwrapFile(client.GET('/api/v1/looks/{seq}/receipt', { params, parseAs: 'blob' }), `look-${seq + 1}.tlog-proof`)
}

/** SHA-256 of the checker that people keep as one file, as 64 hexadecimal digits. */
export async function checkerFingerprint(): Promise<string> {
  const response = await askPatiently('/verify.html.sha256', silence.ordinary).catch(() => Promise.reject(networkError()))
  if (!response.ok) throw problemOf(response, null)
  return (await response.text()).slice(0, 64)
}
