import { describe, expect, it } from 'vitest'
import { emptyReport, isBlank, keepable, locationOf, noPlace, reportOf, reportProblems } from '@/desk/pages/report/reportForm'

const now = Date.parse('2026-11-22T10:00:00+08:00')
const filled = () => ({
  ...emptyReport(now), matter: 'event-0110', title: ' 后门油烟 ', description: '每晚',
  place: { ...noPlace(), grid: '350302001001001', label: '拱辰社区' }, reporterName: '陈某', reporterPhone: '13800000001',
})

describe('a report', () => {
  it('keeps its id from the first keystroke to the last retry', () => {
    const form = filled()
    expect(reportOf(form)?.id).toBe(form.id)
    expect(reportOf(keepable(form))?.id).toBe(form.id)
  })

  it('is sent as the contract says', () => {
    expect(reportOf(filled())).toMatchObject({
      matter: 'event-0110', title: '后门油烟', location: { grid: '350302001001001' }, occurredAt: '2026-11-22T10:00:00+08:00',
      reporter: { name: '陈某', phone: '13800000001' }, attachments: [],
    })
  })

  it('leaves personal data out of drafts', () => {
    expect(JSON.stringify(keepable(filled()))).not.toMatch(/陈某|13800000001/)
  })

  it('knows an empty form', () => {
    expect(isBlank(emptyReport(now))).toBe(true)
    expect(isBlank(filled())).toBe(false)
  })

  it('declares what a point is', () => {
    const at = { lon: 118.9, lat: 25.4 }
    expect(locationOf({ ...noPlace(), at, source: 'device', accuracy: 12 })).toEqual({ ...at, crs: 'WGS84', source: 'device', accuracy: 12 })
    expect(locationOf(noPlace())).toBeNull()
  })
})

describe('what is wrong with a report', () => {
  it.each([
    [{ matter: '' }, false, ['matter']],
    [{ title: '  ' }, false, ['title']],
    [{ place: noPlace() }, false, ['place']],
    [{ place: { ...noPlace(), region: '350302001001' } }, false, []],
    [{ place: { ...noPlace(), region: '350302001001' } }, true, ['place']],
    [{ reporterPhone: '123' }, false, ['phone']],
    [{ reporterPhone: '0594-2690000' }, false, []],
    [{ reporterPhone: '0594 2690000转12' }, false, []],
    [{ reporterPhone: '+86 138 0000 1234' }, false, []],
    [{ reporterPhone: '12345' }, false, []],
    [{ reporterPhone: '1380000a234' }, false, ['phone']],
    [{ reporterPhone: '123456789012345678901' }, false, ['phone']],
    [{ occurredAt: '2026-11-22T10:30' }, false, ['occurredAt']],
    [{ occurredAt: '' }, false, ['occurredAt']],
  ])('%j', (change, needsPlace, problems) => {
    expect(reportProblems({ ...filled(), ...change }, needsPlace, now)).toEqual(problems)
  })
})
