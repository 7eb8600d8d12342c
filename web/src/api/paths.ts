/**
 * The calls of the API as docs/openapi.json describes them: `npm run api` writes schema.ts, a test compares the two. Calls
 * that are agreed but not yet described stand below.
 */
import type { paths as described } from './schema'
import type { CaseFilter, Contact, Erasure, ErasureRequest, LedgerState, LookFilter, LookPage, Purpose, UnmaskRequest } from './types'

export type { operations } from './schema'

type Answer<Body, Type extends string = 'application/json'> = { 200: { headers: Record<string, unknown>; content: { [key in Type]: Body } } }
type Parameters<Path, Query> = { path?: Path; query?: Query }
type Get<Body, Path = never, Query = never> = { parameters: Parameters<Path, Query>; get: { parameters: Parameters<Path, Query>; responses: Body extends string ? Answer<Body, 'text/csv'> : Answer<Body> } }
type Post<Sent, Body, Path> = { parameters: Parameters<Path, never>; post: { parameters: Parameters<Path, never>; requestBody: { content: { 'application/json': Sent } }; responses: Answer<Body> } }
type Id = { id: string }

interface Agreed {
  '/api/v1/ledger': Get<LedgerState>
  '/api/v1/purposes': Get<{ items: Purpose[] }>
  '/api/v1/cases/{id}/unmask': Post<UnmaskRequest, { fields: Contact }, Id>
  '/api/v1/cases/export': Get<string, never, CaseFilter & { purpose: string }>
  '/api/v1/looks': Get<LookPage, never, LookFilter & { cursor?: string; limit?: number }>
  '/api/v1/looks/export': Get<string, never, LookFilter>
  '/api/v1/looks/{seq}/receipt': Get<string, { seq: number }>
  '/api/v1/cases/{id}/erasures': Get<{ items: Erasure[] }, Id> & Post<ErasureRequest, Erasure, Id>
  '/api/v1/erasures': Get<{ items: Erasure[]; next?: string | null }, never, { state?: string; cursor?: string }>
  '/api/v1/erasures/{id}/confirm': Post<Record<string, never>, Erasure, Id>
  '/api/v1/erasures/{id}/refuse': Post<{ note: string }, Erasure, Id>
}

export type paths = described & Agreed
