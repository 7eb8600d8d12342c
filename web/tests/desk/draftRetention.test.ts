/** A lost network loses no report, and sending it again is the same report. */
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent } from 'vue'
import { noPlace } from '@/desk/pages/report/reportForm'
import { useReport } from '@/desk/pages/report/useReport'
import { i18n, useLanguage } from '@/shared/i18n'

const bodies: { id: string; reporter?: unknown }[] = []
let online = false
let received = false

beforeEach(async () => {
  bodies.length = 0
  online = false
  received = false
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    bodies.push(await request.json())
    if (!online) throw new TypeError('Failed to fetch')
    if (received) return new Response(JSON.stringify({ code: 'key_reused', detail: '-' }), { status: 409, headers: { 'Content-Type': 'application/problem+json' } })
    return new Response(JSON.stringify({ number: '350302-20261122-0001' }), { status: 201, headers: { 'Content-Type': 'application/json' } })
  })
})
afterEach(() => vi.unstubAllGlobals())

function open() {
  let report!: ReturnType<typeof useReport>
  const page = defineComponent({ setup: () => ((report = useReport('chen')), () => null) })
  const wrapper = mount(page, { global: { plugins: [i18n] } })
  return { report, close: () => wrapper.unmount() }
}

describe('a report without a network', () => {
  it('stays, comes back after a reload, and is sent once under one id', async () => {
    const first = open()
    Object.assign(first.report.form, { matter: 'event-0110', title: '油烟', place: { ...noPlace(), grid: '350302001001001' }, reporterName: '陈某' })
    await first.report.send()
    expect(first.report.failure.value).toMatchObject({ code: 'network' })
    expect(first.report.unsaved.value).toBe(false)
    first.close()

    const second = open()
    expect(second.report.restored.value).toBe(true)
    expect(second.report.form).toMatchObject({ title: '油烟', reporterName: '陈某' })
    expect(JSON.stringify({ ...localStorage }), 'names are kept for this tab only').not.toContain('陈某')
    online = true
    await second.report.send()
    await flushPromises()
    expect(second.report.made.value?.number).toBe('350302-20261122-0001')
    expect(bodies.map((one) => one.id)).toEqual([bodies[0]!.id, bodies[0]!.id])
    second.close()

    const third = open()
    expect(third.report.restored.value).toBe(false)
    third.close()
  })

  it('is another report once it was changed after it had arrived', async () => {
    const { report, close } = open()
    Object.assign(report.form, { matter: 'event-0110', title: '油烟', place: { ...noPlace(), grid: '350302001001001' } })
    await report.send()
    online = true
    received = true
    report.form.title = '油烟很大'
    await report.send()
    expect(report.failure.value).toMatchObject({ code: 'key_reused' })
    expect(report.form.title).toBe('油烟很大')
    received = false
    await report.send()
    expect(bodies.map((one) => one.id === bodies[0]!.id)).toEqual([true, true, false])
    close()
  })
})
