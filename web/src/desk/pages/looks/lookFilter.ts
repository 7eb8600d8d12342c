/** The filters of the looks as the address bar keeps them. */
import type { LocationQuery } from 'vue-router'
import type { LookFilter, LookKind } from '@/api/types'

export const lookKinds = ['unmask', 'export', 'read', 'looks'] as const satisfies LookKind[]

export interface LookForm {
  from: string
  to: string
  account: string
  kind: LookKind | ''
  case: string
}

export const noFilter: LookForm = { from: '', to: '', account: '', kind: '', case: '' }

const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

export const lookFormFromQuery = (query: LocationQuery): LookForm => ({
  from: one(query['from']),
  to: one(query['to']),
  account: one(query['account']),
  kind: lookKinds.find((kind) => kind === query['kind']) ?? '',
  case: one(query['case']),
})

export function queryFromLookForm(form: LookForm): Record<string, string> {
  const entries = Object.entries(form).map(([key, value]): [string, string] => [key, (value ?? '').trim()])
  return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}

/** Days stay days: the server counts the last one whole. */
export function requestFromLookForm(form: LookForm): LookFilter {
  return queryFromLookForm(form) as LookFilter
}
