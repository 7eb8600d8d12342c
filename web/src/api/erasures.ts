/** Erasing fields of a case: one person proposes, another confirms or refuses. */
import { client, unwrap, unwrapItems } from './client'
import type { Erasure, ErasureRequest, ErasureState, Page } from './types'

export function erasureList(state: ErasureState, cursor?: string): Promise<Page<Erasure>> {
  const query = { state, ...(cursor ? { cursor } : {}) }
  return unwrap(client.GET('/api/v1/erasures', { params: { query } }))
}

export function caseErasures(id: string): Promise<Erasure[]> {
  return unwrapItems(client.GET('/api/v1/cases/{id}/erasures', { params: { path: { id } } }))
}

export function erasurePropose(id: string, body: ErasureRequest): Promise<Erasure> {
  return unwrap(client.POST('/api/v1/cases/{id}/erasures', { params: { path: { id } }, body }))
}

export function erasureConfirm(id: string): Promise<Erasure> {
  return unwrap(client.POST('/api/v1/erasures/{id}/confirm', { params: { path: { id } } }))
}

export function erasureRefuse(id: string, note: string): Promise<Erasure> {
  return unwrap(client.POST('/api/v1/erasures/{id}/refuse', { params: { path: { id } }, body: { note } }))
}
