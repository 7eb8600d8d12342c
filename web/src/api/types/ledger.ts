/** The ledger, looks at restricted data, and erasures. */
import type { operations } from '../paths'
import type { Closer, Got, Sent } from './described'

export type Witness = Got<'WitnessView'>
export type LedgerState = Got<'LedgerView'>

export type LookKind = 'unmask' | 'export' | 'read' | 'looks'

export type Purpose = Closer<'PurposeView', { kinds: LookKind[] }>

export type ContactField = 'reporter.name' | 'reporter.phone'
export type Contact = Partial<Record<ContactField, string>>
export type UnmaskRequest = Sent<'UnmaskInput'> & { fields: ContactField[]; purpose: string }

export type Look = Closer<'LookView', { kind: LookKind }>
export type LookPage = Closer<'LookPage', { items: Look[] }>

type LookQuery = NonNullable<operations['looks_list']['parameters']['query']>
export type LookFilter = { [Key in keyof LookQuery]?: NonNullable<LookQuery[Key]> } & { kind?: LookKind }

export type ErasureState = 'proposed' | 'done' | 'refused'
export type Erasure = Closer<'ErasureView', { state: ErasureState }>
export type ErasureRequest = Sent<'ErasureInput'>
