/** The ledger, looks at restricted data, and erasures. */
import type { Text } from './common'

export interface Witness {
  name: string
  cosignedAt: string | null
  refusal: string | null
}

export interface LedgerState {
  size: number
  published: number
  publishedAt: string | null
  behindSince: string | null
  overdue: boolean
  overdueAfterSeconds: number
  /** Restricted reads are refused while evidence is overdue. */
  gates: boolean
  quorum: number
  origin: string
  witnesses: Witness[]
  fault: string | null
}

export type LookKind = 'unmask' | 'export' | 'read' | 'looks'

export interface Purpose {
  code: string
  name: Text
  basis: Text
  kinds: LookKind[]
}

export type ContactField = 'reporter.name' | 'reporter.phone'
export type Contact = Partial<Record<ContactField, string>>

export interface UnmaskRequest {
  fields: ContactField[]
  purpose: string
}

export interface Look {
  /** Its place in the ledger. */
  seq: number | null
  at: string
  kind: LookKind
  actor: { account: string; name: string }
  post: { role: string; roleName: Text; regionName: string }
  purpose: { code: string; name: Text } | null
  case: { id: string; number: string } | null
  fields: string[]
  rows: number | null
  filter: string | null
}

export interface LookPage {
  items: Look[]
  next: string | null
  keptUntilMonths: number
}

export interface LookFilter {
  from?: string
  to?: string
  account?: string
  kind?: LookKind
  case?: string
}

export type ErasureState = 'proposed' | 'done' | 'refused'

export interface Erasure {
  id: string
  case: { id: string; number: string }
  fields: string[]
  authorisedBy: { id: string; number: string }
  reason: string
  state: ErasureState
  proposedBy: { account: string; name: string }
  proposedAt: string
  decidedBy: { account: string; name: string } | null
  decidedAt: string | null
}

export interface ErasureRequest {
  fields: string[]
  /** Number or id. */
  authorisedBy: string
  reason: string
}
