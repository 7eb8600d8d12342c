/** What only administrators do: people, their posts, and jobs that gave up. */
import { client, unwrap } from './client'
import type { Administration, Confirmed, DeadJob, NewPerson, NewPost, Page, Person, PersonCreated, Post, PostProposed, Proposal, Reset } from './types'

export function personList(query: { q?: string; region?: string; cursor?: string }): Promise<Page<Person>> {
  return unwrap(client.GET('/api/v1/people', { params: { query } }))
}

export function personCreate(body: NewPerson): Promise<PersonCreated> {
  return unwrap(client.POST('/api/v1/people', { body }))
}

/** A post at once, or a proposal that waits for a second person. */
export async function postAdd(account: string, body: NewPost): Promise<Post | PostProposed> {
  return (await unwrap<object>(client.POST('/api/v1/people/{account}/posts', { params: { path: { account } }, body }))) as Post | PostProposed
}

export function personReset(account: string, reason: string): Promise<Reset> {
  return unwrap(client.POST('/api/v1/people/{account}/reset', { params: { path: { account } }, body: { reason } }))
}

/** Ends all tokens of somebody's programs. */
export async function personTokensEnd(account: string): Promise<void> {
  await unwrap(client.DELETE('/api/v1/people/{account}/tokens', { params: { path: { account } } }))
}

export function proposalList(waiting: boolean): Promise<Page<Proposal>> {
  return unwrap(client.GET('/api/v1/proposals', { params: { query: { waiting } } }))
}

export function proposalConfirm(id: string): Promise<Confirmed> {
  return unwrap(client.POST('/api/v1/proposals/{id}/confirm', { params: { path: { id } } }))
}

export function proposalRefuse(id: string, note: string): Promise<Proposal> {
  return unwrap(client.POST('/api/v1/proposals/{id}/refuse', { params: { path: { id } }, body: { note } }))
}

export function administrationList(): Promise<Page<Administration>> {
  return unwrap(client.GET('/api/v1/administrations'))
}

/** Without `heldBy` the region has administrators of its own again. */
export function administrationSet(region: string, heldBy?: string): Promise<Page<Administration>> {
  return unwrap(client.PUT('/api/v1/administrations', { body: { region, ...(heldBy ? { heldBy } : {}) } }))
}

export async function postEnd(account: string, id: string): Promise<void> {
  await unwrap(client.DELETE('/api/v1/people/{account}/posts/{id}', { params: { path: { account, id } } }))
}

export async function personUnlock(account: string): Promise<void> {
  await unwrap(client.POST('/api/v1/people/{account}/unlock', { params: { path: { account } } }))
}

/** The latest; there is no next page, because sending them again makes room. */
export function deadJobs(): Promise<Page<DeadJob>> {
  return unwrap(client.GET('/api/v1/admin/jobs', { params: { query: { state: 'dead', limit: 200 } } }))
}

export async function jobResend(id: string): Promise<void> {
  await unwrap(client.POST('/api/v1/admin/jobs/{id}/resend', { params: { path: { id } } }))
}
