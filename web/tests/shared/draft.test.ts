import { describe, expect, it, vi } from 'vitest'
import { draftClear, draftExists, draftLoad, draftSave, draftsClear, draftsOfOthersClear, draftsOpen } from '@/shared/draft'

describe('drafts', () => {
  it('come back for the same account only', () => {
    expect(draftSave('chen', 'report', { title: '路灯不亮' })).toBe(true)
    expect(draftLoad('chen', 'report')).toEqual({ title: '路灯不亮' })
    expect(draftLoad('lin', 'report')).toBeNull()
  })

  it('end after a week and when cleared', () => {
    draftSave('chen', 'report', 1, 0)
    expect(draftLoad('chen', 'report', 8 * 24 * 3_600_000)).toBeNull()
    expect(localStorage.length).toBe(0)
    draftSave('chen', 'report', 2)
    draftClear('chen', 'report', 'browser')
    expect(draftLoad('chen', 'report')).toBeNull()
  })

  it('leave with the person', () => {
    draftSave('chen', 'report', 1)
    draftSave('lin', 'report', 2)
    draftsClear('chen')
    expect(draftLoad('chen', 'report')).toBeNull()
    expect(draftLoad('lin', 'report')).toBe(2)
  })

  it('are not left behind by a form on its way out', () => {
    draftsClear('wu')
    expect(draftSave('wu', 'report', 1)).toBe(false)
    draftsOpen('wu')
    expect(draftSave('wu', 'report', 1)).toBe(true)
  })

  it('tell apart accounts that begin alike', () => {
    draftSave('zhou', 'report', 1)
    draftSave('zhou.li', 'report', 2)
    draftsClear('zhou')
    expect(draftLoad('zhou.li', 'report')).toBe(2)
    draftSave('sun', 'report', 3)
    draftSave('sun', 'report', 4, Date.now(), 'tab')
    draftsOfOthersClear('zhou.li')
    expect([draftExists('zhou.li', 'report'), draftExists('sun', 'report')]).toEqual([true, false])
    expect(sessionStorage.length).toBe(0)
  })

  it('survive damage and say when the browser refuses', () => {
    localStorage.setItem('yizhi.draft.chen.report', '{')
    expect(draftLoad('chen', 'report')).toBeNull()
    const setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    vi.stubGlobal('localStorage', { setItem })
    expect(draftSave('chen', 'report', 1)).toBe(false)
    vi.unstubAllGlobals()
  })
})
