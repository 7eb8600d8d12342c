/** The filters of the case list as the address bar keeps them, so that a view can be bookmarked and sent on. */
import type { LocationQuery } from 'vue-router'
import type { CaseFilter } from '@/api/types'

export interface FilterForm {
  q: string
  state: string[]
  matter: string
  region: string
  department: string
  overdue: boolean
  mine: '' | 'true' | 'reported'
  since: string
  until: string
}

const one = (value: LocationQuery[string] | undefined): string => (Array.isArray(value) ? value[0] : value) ?? ''

export function filterFromQuery(query: LocationQuery): FilterForm {
  const mine = one(query['mine'])
  return {
    q: one(query['q']),
    state: one(query['state']).split(',').filter(Boolean),
    matter: one(query['matter']),
    region: one(query['region']),
    department: one(query['department']),
    overdue: one(query['overdue']) === 'true',
    mine: mine === 'true' || mine === 'reported' ? mine : '',
    since: one(query['since']),
    until: one(query['until']),
  }
}

export function queryFromFilter(form: FilterForm): Record<string, string> {
  const entries: [string, string][] = [
    ['q', form.q.trim()],
    ['state', form.state.join(',')],
    ['matter', form.matter],
    ['region', form.region],
    ['department', form.department],
    ['overdue', form.overdue ? 'true' : ''],
    ['mine', form.mine],
    ['since', form.since ?? ''],
    ['until', form.until ?? ''],
  ]
  return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}

/** Days stay days: the server counts the last one whole. */
export function requestFromFilter(form: FilterForm): CaseFilter {
  const { overdue, ...rest } = queryFromFilter(form)
  return { ...(rest as CaseFilter), ...(overdue ? { overdue: true } : {}) }
}
