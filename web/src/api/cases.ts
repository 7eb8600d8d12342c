/** Cases: lists, one case with its trace, reporting, acting, and what the map and the overview count. */
import { client, longQuery, unwrap, unwrapGeo, unwrapItems } from './client'
import type {
  ActionRequest, Case, CaseDraft, ConfidentialPage, CaseFilter, CaseItem, CaseReport, Counter, CounterBy, Duplicate, MapCases, Page,
  TimelineItem,
} from './types'

export function caseList(query: CaseFilter, signal?: AbortSignal): Promise<Page<CaseItem>> {
  return unwrap(client.GET('/api/v1/cases', { ...longQuery, params: { query }, ...(signal ? { signal } : {}) }))
}

export function caseFetch(id: string): Promise<Case> {
  return unwrap(client.GET('/api/v1/cases/{id}', { params: { path: { id } } }))
}

export async function caseTimeline(id: string): Promise<TimelineItem[]> {
  return unwrapItems(client.GET('/api/v1/cases/{id}/timeline', { params: { path: { id } } }))
}

export async function caseDuplicates(id: string): Promise<Duplicate[]> {
  return unwrapItems(client.GET('/api/v1/cases/{id}/duplicates', { params: { path: { id } } }))
}

export async function draftDuplicates(draft: CaseDraft, signal: AbortSignal): Promise<Duplicate[]> {
  return unwrapItems(client.POST('/api/v1/cases/duplicates', { body: draft, signal }))
}

/** That confidential cases exist; nothing here opens them. */
export function confidentialCases(closed: boolean, cursor?: string): Promise<ConfidentialPage> {
  return unwrap(client.GET('/api/v1/cases/confidential', { params: { query: { closed, ...(cursor ? { cursor } : {}) } } }))
}

/** Safe to repeat: the report carries its own id. */
export function caseReport(report: CaseReport): Promise<Case> {
  return unwrap(client.POST('/api/v1/cases', { body: report }))
}

/** Repeating a call with its key gives the first answer again. */
export function caseAct(id: string, action: string, body: ActionRequest, key: string): Promise<Case> {
  const headers = { 'Idempotency-Key': key }
  return unwrap(client.POST('/api/v1/cases/{id}/actions/{action}', { params: { path: { id, action } }, body, headers }))
}

export function counters(by: CounterBy, region?: string): Promise<{ items: Counter[]; asOf: string }> {
  return unwrap(client.GET('/api/v1/counters', { ...longQuery, params: { query: { by, ...(region ? { region } : {}) } } }))
}

export function mapCases(bbox: string, state: string, signal: AbortSignal): Promise<MapCases> {
  const query = { bbox, ...(state ? { state } : {}) }
  return unwrapGeo(client.GET('/api/v1/map/cases', { ...longQuery, params: { query }, signal }))
}
