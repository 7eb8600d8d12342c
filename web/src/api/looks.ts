/** Looks at restricted data: with a purpose, recorded before the answer leaves, and read by auditors. */
import { client, longQuery, longWork, unwrap, unwrapItems } from './client'
import { unwrapFile, type Download } from './download'
import type { CaseFilter, Contact, LookFilter, LookPage, Purpose, UnmaskRequest } from './types'

/** What the present post may claim. */
export const purposeList = (): Promise<Purpose[]> => unwrapItems(client.GET('/api/v1/purposes'))

export async function caseUnmask(id: string, body: UnmaskRequest): Promise<Contact> {
  return (await unwrap(client.POST('/api/v1/cases/{id}/unmask', { params: { path: { id } }, body }))).fields
}

export function caseExport(purpose: string, filter: CaseFilter): Promise<Download> {
  const query = { ...filter, purpose }
  return unwrapFile(client.GET('/api/v1/cases/export', { ...longWork, params: { query }, parseAs: 'blob' }), 'cases.csv')
}

export function lookList(query: LookFilter): Promise<LookPage> {
  return unwrap(client.GET('/api/v1/looks', { ...longQuery, params: { query } }))
}

export function lookExport(query: LookFilter): Promise<Download> {
  return unwrapFile(client.GET('/api/v1/looks/export', { ...longWork, params: { query }, parseAs: 'blob' }), 'looks.csv')
}
