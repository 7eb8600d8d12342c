/**
 * The calls of docs/API-DESIGN.md in the form openapi-typescript generates, so that the client is typed the same
 * way before and after `npm run api` writes schema.d.ts.
 */
import type {
  ActionRequest, Attachment, Case, CaseDraft, CaseFilter, CaseItem, CaseReport, Counter, CounterBy, DeadJob, Department,
  Duplicate, Located, Matter, MatterDetail, Me, Meta, NewPerson, NewPost, Page, Person,
  PersonCreated, PlaceHit, Post, Region, RegionDetail, Session, TimelineItem, TotpSetup,
} from './types'

type Json<T> = { content: { 'application/json': T } }
type Answer<R> = R extends void ? { 204: { content?: never } } : { 200: Json<R> }
type Query<Q, P> = { parameters: { query?: Q; path: P } }
type Top<Q> = { parameters: { query?: Q; path?: never } }
type Body<B> = B extends void ? { requestBody?: never } : { requestBody: Json<B> }

type Get<R, Q = Record<never, never>> = { get: Top<Q> & { requestBody?: never; responses: Answer<R> } }
type GetAt<P, R> = { get: Query<Record<never, never>, P> & { requestBody?: never; responses: Answer<R> } }
type Write<B, R> = Top<Record<never, never>> & Body<B> & { responses: Answer<R> }
type WriteAt<P, B, R> = Query<Record<never, never>, P> & Body<B> & { responses: Answer<R> }

/** GeoJSON (RFC 7946) has its own types, which the callers name. */
type GeoJson = object

type Id = { id: string }
type Code = { code: string }
type ByAccount = { account: string }

export interface paths {
  '/api/v1/meta': Get<Meta>
  '/api/v1/me': Get<Me>
  '/api/v1/session': {
    post: Write<{ account: string; password: string; totp?: string }, Session>
    delete: Write<void, void>
  }
  '/api/v1/session/link': { post: Write<{ token: string }, Session> }
  '/api/v1/session/demo': { post: Write<{ account: string }, Session> }
  '/api/v1/session/post': { put: Write<{ post: string }, Session> }
  '/api/v1/me/password': { post: Write<{ current: string; password: string }, void> }
  '/api/v1/me/totp': {
    post: Write<void, TotpSetup>
    put: Write<{ code: string }, void>
    delete: Write<void, void>
  }
  '/api/v1/regions': Get<Page<Region>, { parent?: string; q?: string; limit?: number; cursor?: string }>
  '/api/v1/regions/{code}': GetAt<Code, RegionDetail>
  '/api/v1/regions/{code}/outline': GetAt<Code, GeoJson>
  '/api/v1/grids': Get<GeoJson, { region?: string }>
  '/api/v1/grids/locate': Get<Located, { lon: number; lat: number; crs?: string }>
  '/api/v1/grids/search': Get<Page<PlaceHit>, { q: string }>
  '/api/v1/matters': Get<Page<Matter>, { q?: string; category?: string; limit?: number; cursor?: string }>
  '/api/v1/matters/{code}': GetAt<Code, MatterDetail>
  '/api/v1/departments': Get<Page<Department>, { region?: string }>
  '/api/v1/cases': Get<Page<CaseItem>, CaseFilter> & { post: Write<CaseReport, Case> }
  '/api/v1/cases/duplicates': { post: Write<CaseDraft, Page<Duplicate>> }
  '/api/v1/cases/{id}': GetAt<Id, Case>
  '/api/v1/cases/{id}/timeline': GetAt<Id, Page<TimelineItem>>
  '/api/v1/cases/{id}/duplicates': GetAt<Id, Page<Duplicate>>
  '/api/v1/cases/{id}/actions/{action}': { post: WriteAt<Id & { action: string }, ActionRequest, Case> }
  '/api/v1/attachments': { post: Write<FormData, Attachment> }
  '/api/v1/counters': Get<{ items: Counter[]; asOf: string }, { region?: string; by: CounterBy }>
  '/api/v1/map/cases': Get<GeoJson, { bbox: string; zoom: number; state?: string }>
  '/api/v1/people': Get<Page<Person>, { region?: string; q?: string; cursor?: string; limit?: number }> & {
    post: Write<NewPerson, PersonCreated>
  }
  '/api/v1/people/{account}/posts': { post: WriteAt<ByAccount, NewPost, Post> }
  '/api/v1/people/{account}/posts/{id}': { delete: WriteAt<ByAccount & Id, void, void> }
  '/api/v1/people/{account}/unlock': { post: WriteAt<ByAccount, void, void> }
  '/api/v1/admin/jobs': Get<Page<DeadJob>, { state?: string; cursor?: string }>
  '/api/v1/admin/jobs/{id}/resend': { post: WriteAt<Id, void, void> }
}
