/** What fields say to a resident: words, and nothing where there are none. */
import { beforeEach, describe, expect, it } from 'vitest'
import { chooseLanguage } from '@/verify/words'
import { fieldName, said } from '@/verify/said'

beforeEach(() => chooseLanguage('zh-CN'))

describe('what a field says', () => {
  it.each([
    ['kind', 'case.step', '案件办理'], ['fields/action', 'rate', '评价'], ['fields/to', 'closed', '已结案'], ['fields/role', 'citizen', '居民'],
    ['fields/department', 'gas', '燃气企业'], ['fields/procedure', 'incident', '事件部件案件'], ['fields/number', '350302-2026-000001', '350302-2026-000001'],
    ['fields/region', '35.03.02.', '区划代码 350302'], ['fields/place', '35.03.02.001.201.', '区划代码 350302001201'],
    ['fields/grid', '35.03.02.001.201.001.', '网格编码 350302001201001'], ['fields/note', 'plain words', 'plain words'],
    ['fields/seq', 3, '3'], ['fields/on', true, '是'], ['fields/from', null, '—'], ['fields/note', '', '—'], ['fields/at', '2026-11-20T09:30:00.000000Z', '2026-11-20 17:30:00'],
    ['fields/result', { zh: '已清理', en: 'Cleared' }, '已清理'],
  ])('%s %s', (field, value, text) => expect(said(field, JSON.stringify(value))).toBe(text))

  it.each([
    ['kind', 'case.unheard'], ['fields/action', 'unheard_of'], ['fields/role', 'constructor'], ['fields/region', '35.03.02'],
    ['subject', '0192d6f0-0000-7000-8000-000000000001'], ['fields/actor', '0192d6f0-0000-7000-8000-000000000001'], ['fields/details', { score: 5 }],
    ['fields/digest', 'f91a9563'], ['fields/kind', 'notify.send'], ['fields/filter', 'state=closed'], ['fields/unheard', 'of'], ['fields/result', { score: 5 }],
  ])('%s %s: nothing', (field, value) => expect(said(field, JSON.stringify(value))).toBeNull())

  it('is in English as well', () => {
    chooseLanguage('en')
    expect(said('fields/region', '"35.03.02."')).toBe('division code 350302')
    expect(said('fields/result', '{"zh":"已清理","en":"Cleared"}')).toBe('Cleared')
  })

  it('knows no name for what is not known', () => expect([fieldName('fields/seq'), fieldName('fields/unheard'), fieldName('constructor')]).toEqual(['第几步', null, null]))
})
