import { describe, expect, it } from 'vitest'
import { filterFromQuery, queryFromFilter, requestFromFilter } from '@/desk/pages/cases/caseFilter'

const query = { q: '油烟', state: 'handling,suspended', region: '350302000000', department: 'sanitation', overdue: 'true', mine: 'reported', since: '2026-11-01', until: '2026-11-22' }

describe('the case list in the address bar', () => {
  it('goes there and back', () => expect(queryFromFilter(filterFromQuery(query))).toEqual(query))

  it('drops what it does not know', () => {
    expect(queryFromFilter(filterFromQuery({ mine: 'theirs', overdue: 'yes', state: ',', extra: '1' }))).toEqual({})
  })

  it('asks for whole days, of which the server counts the last one whole', () => {
    expect(requestFromFilter(filterFromQuery(query))).toEqual({
      q: '油烟', state: 'handling,suspended', region: '350302000000', department: 'sanitation', overdue: true, mine: 'reported',
      since: '2026-11-01', until: '2026-11-22',
    })
  })
})
