/** What only administrators do: people, their posts, and jobs that gave up. */
import { client, unwrap } from './client'
import type { DeadJob, NewPerson, NewPost, Page, Person, PersonCreated, Post } from './types'

export function personList(query: { q?: string; region?: string; cursor?: string }): Promise<Page<Person>> {
  return unwrap(client.GET('/api/v1/people', { params: { query } }))
}

export function personCreate(body: NewPerson): Promise<PersonCreated> {
  return unwrap(client.POST('/api/v1/people', { body }))
}

export function postAdd(account: string, body: NewPost): Promise<Post> {
  return unwrap(client.POST('/api/v1/people/{account}/posts', { params: { path: { account } }, body }))
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
