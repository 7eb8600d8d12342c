/**
 * The shapes of docs/API-DESIGN.md under the names the pages use. Pages import types from here only, so when the
 * generated schema changes, these files are the one place that follows.
 */
export type * from './case'
export type * from './common'
export type * from './ledger'
export type * from './matter'
export type * from './people'
export type * from './place'
