import { describe, expect, it } from 'vitest'
import { emptyReport, isBlank, locationOf, noPlace, reportOf, reportProblems } from '@/desk/pages/report/reportForm'

const now = Date.parse('2026-11-22T10:00:00+08:00')
const filled = () => ({
  ...emptyReport(now), matter: 'event-0110', title: ' 后门油烟 ', description: '每晚',
  place: { ...noPlace(), grid: '350302001001001', label: '拱辰社区' }, reporterName: '陈某', reporterPhone: '13800000001',
})

describe('a report', () => {
  it('keeps its id from the first keystroke to the last retry', () => {
    const form = filled()
    expect(reportOf(form)?.id).toBe(form.id)
  })

  it('is sent as the contract says', () => {
    expect(reportOf(filled())).toMatchObject({
      matter: 'event-0110', title: '后门油烟', location: { grid: '350302001001001' }, occurredAt: '2026-11-22T10:00:00+08:00',
      reporter: { name: '陈某', phone: '13800000001' }, attachments: [],
    })
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

  it('may say a village with street or landmark', () => {
    const village = { ...noPlace(), region: '350302001001', address: ' 小学后门 ' }
    expect(locationOf(village)).toEqual({ region: '350302001001', address: '小学后门' })
    expect(locationOf({ ...village, grid: '350302001001001', region: null })).toEqual({ grid: '350302001001001', address: '小学后门' })
  })
})

describe('what is wrong with a report', () => {
  const none = { place: false, phone: false }
  const village = { ...noPlace(), region: '350302001001' }
  const township = { ...noPlace(), region: '350302001000', address: '小学后门' }

  it.each([
    [{ matter: '' }, none, ['matter']],
    [{ title: '  ' }, none, ['title']],
    [{ place: noPlace() }, none, ['place']],
    [{ place: village }, none, []],
    [{ place: township }, none, []],
    [{ place: village }, { ...none, place: true }, ['address']],
    [{ place: { ...village, address: '小学后门' } }, { ...none, place: true }, []],
    [{ place: township }, { ...none, place: true }, ['place']],
    [{ reporterPhone: '123' }, none, ['phone']],
    [{ reporterPhone: '0594-2690000' }, none, []],
    [{ reporterPhone: '0594 2690000转12' }, none, []],
    [{ reporterPhone: '+86 138 0000 1234' }, none, []],
    [{ reporterPhone: '12345' }, none, []],
    [{ reporterPhone: '1380000a234' }, none, ['phone']],
    [{ reporterPhone: '123456789012345678901' }, none, ['phone']],
    [{ reporterPhone: '' }, none, []],
    [{ reporterPhone: '' }, { ...none, phone: true }, ['phone']],
    [{ occurredAt: '2026-11-22T10:30' }, none, ['occurredAt']],
    [{ occurredAt: '' }, none, ['occurredAt']],
  ])('%j', (change, needs, problems) => {
    expect(reportProblems({ ...filled(), ...change }, needs, now)).toEqual(problems)
  })
})
