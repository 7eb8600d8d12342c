/** Photos of a step: they go up first, the step waits for them and names them; posts that may not attach are not asked. */
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { networkError } from '@/api/problem'
import type { ActionForm, Attachment, Me } from '@/api/types'
import ActionPanel from '@/desk/pages/cases/ActionPanel.vue'
import { useSession } from '@/desk/stores/session'
import { i18n, useLanguage } from '@/shared/i18n'
import { held } from './heldInMemory'

const uploads = vi.hoisted(() => [] as { file: File; finish: (made: Attachment) => void; fail: (error: unknown) => void }[])
vi.mock('@/api/attachments', () => ({
  attachmentUpload: (file: File) => ({ done: new Promise<Attachment>((finish, fail) => uploads.push({ file, finish, fail })), abort: () => {} }),
}))
vi.mock('@/shared/heldFiles', () => import('./heldInMemory'))

const finish: ActionForm = { code: 'finish', name: { zh: '处置完毕', en: 'Finish' }, tone: 'primary', note: 'optional', evidence: 'none', to: 'none', caution: null, fields: null, targets: [] }
const made = { id: 'photo-1', name: '整改后.jpg', mediaType: 'image/jpeg', erased: false, bytes: 9, url: '/u', thumbnailUrl: '/t', width: 1, height: 1, place: null, takenAt: null }
const sent: unknown[] = []

beforeEach(async () => {
  uploads.length = 0
  held.clear()
  sent.length = 0
  setActivePinia(createPinia())
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    sent.push(await request.json())
    return Response.json({ id: 'case-1' })
  })
})
afterEach(() => vi.unstubAllGlobals())

function open(attach: boolean, action = finish) {
  useSession().me = { permissions: { attach } } as Me
  const props = { action, possible: true, caseId: 'case-1', version: 5, seen: { version: 5, state: 'handling', stateName: { zh: '处置中', en: 'Being handled' }, lastSeq: 4 }, conflicted: false, sources: {} }
  return mount(ActionPanel, { props, global: { plugins: [i18n] }, attachTo: document.body })
}

async function choose(panel: ReturnType<typeof open>, name: string) {
  const input = panel.get<HTMLInputElement>('input[type="file"]')
  Object.defineProperty(input.element, 'files', { value: [new File(['photo'], name, { type: 'image/jpeg' })], configurable: true })
  await input.trigger('change')
}

describe('photos of a step', () => {
  it('hold the step back until they are up, and go with it', async () => {
    const panel = open(true)
    const submit = panel.get<HTMLButtonElement>('button[type="submit"]')
    await choose(panel, '整改后.jpg')
    expect(submit.element.disabled).toBe(true)
    uploads[0]!.finish(made)
    await flushPromises()
    expect(submit.element.disabled).toBe(false)
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(sent).toEqual([{ version: 5, attachments: ['photo-1'] }])
    expect(panel.emitted('done')).toHaveLength(1)
    panel.unmount()
  })

  it('are not sent when there are none', async () => {
    const panel = open(true)
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(sent).toEqual([{ version: 5 }])
    panel.unmount()
  })

  it('are not asked for where the post may not attach', () => {
    const panel = open(false)
    expect(panel.find('input[type="file"]').exists()).toBe(false)
    panel.unmount()
  })
})

describe('a photo that did not go up', () => {
  type Panel = ReturnType<typeof open>
  const button = (panel: Panel, text: string) => panel.findAll<HTMLButtonElement>('button').find((one) => one.text() === text)
  const forms = () => [...held.values()].map((one) => one.form)

  async function failOne(action = finish): Promise<Panel> {
    const panel = open(true, action)
    await choose(panel, '整改后.jpg')
    uploads[0]!.fail(networkError())
    await flushPromises()
    return panel
  }

  async function submit(panel: Panel): Promise<void> {
    await panel.get('form').trigger('submit')
    await flushPromises()
  }

  it('is asked about before the step goes, however often it is submitted', async () => {
    const panel = await failOne()
    for (const times of [1, 2]) {
      await submit(panel)
      expect(sent, `submitted ${times} times`).toEqual([])
      expect(panel.text()).toContain('还有 1 张照片没有传上去。')
      expect(document.activeElement).toBe(button(panel, '重新上传')!.element)
    }
    panel.unmount()
  })

  it('goes up at the second try, and the step waits to be submitted with it', async () => {
    const panel = await failOne()
    await submit(panel)
    await button(panel, '重新上传')!.trigger('click')
    expect(uploads).toHaveLength(2)
    expect(button(panel, '不带这些照片提交')!.element.disabled).toBe(true)
    uploads[1]!.finish(made)
    await flushPromises()
    expect(panel.text()).not.toContain('没有传上去')
    expect(document.activeElement).toBe(panel.get('button[type="submit"]').element)
    await submit(panel)
    expect(sent).toEqual([{ version: 5, attachments: ['photo-1'] }])
    expect(held.size).toBe(0)
    panel.unmount()
  })

  it('is left out only when that is chosen, and waits for the next form at the case', async () => {
    const panel = await failOne()
    expect(forms()).toEqual(['action.case-1.finish'])
    await submit(panel)
    await button(panel, '不带这些照片提交')!.trigger('click')
    await flushPromises()
    expect(sent).toEqual([{ version: 5 }])
    expect(panel.emitted('done')).toHaveLength(1)
    panel.unmount()
    expect(forms()).toEqual(['photos.case-1'])

    const comment = open(true, { ...finish, code: 'comment' })
    await flushPromises()
    expect(uploads).toHaveLength(2)
    await button(comment, '取消')!.trigger('click')
    expect(forms(), 'giving up the next form does not give up the photo').toEqual(['photos.case-1'])
    comment.unmount()
  })

  it('is no evidence when it is left out', async () => {
    const panel = await failOne({ ...finish, evidence: 'photo_or_note' })
    await submit(panel)
    expect(panel.text()).not.toContain('请附上照片，或者填写说明。')
    await button(panel, '不带这些照片提交')!.trigger('click')
    await flushPromises()
    expect(panel.text()).toContain('请附上照片，或者填写说明。')
    expect(sent).toEqual([])
    panel.unmount()
  })

  it('is asked about no more once it is removed, and goes with a form that is given up', async () => {
    const panel = await failOne()
    await submit(panel)
    await panel.get('button.remove').trigger('click')
    await flushPromises()
    expect(panel.text()).not.toContain('没有传上去')
    await choose(panel, '另一张.jpg')
    await button(panel, '取消')!.trigger('click')
    expect(held.size).toBe(0)
    panel.unmount()
  })
})

describe('what the server does not take', () => {
  it('is said of its field, which is marked and has the focus', async () => {
    vi.stubGlobal('fetch', async () => Response.json({ code: 'invalid', detail: '太长了：最多2000个字，现在有2100个。', field: 'note' }, { status: 422 }))
    const panel = open(true)
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(panel.get('[role=alert]').text()).toBe('说明：太长了：最多2000个字，现在有2100个。')
    expect(document.activeElement).toBe(panel.get('textarea[aria-invalid="true"]').element)
    panel.unmount()
  })
})

describe('what must be known before', () => {
  const caution = { zh: '解除后，村里的人也能看到这个案件。', en: 'The village sees the case then.' }

  it('stands in the form and describes it', () => {
    const panel = open(true, { ...finish, caution })
    const said = panel.get('p.caution')
    expect(said.text()).toBe(caution.zh)
    expect(panel.get('form').attributes('aria-describedby')).toBe(said.attributes('id'))
    expect(panel.text()).not.toContain('办好后')
    panel.unmount()
  })

  it('is not there for other actions', () => {
    const panel = open(true)
    expect(panel.find('p.caution').exists()).toBe(false)
    expect(panel.get('form').attributes('aria-describedby')).toBeUndefined()
    panel.unmount()
  })
})

describe('what matters is said by whoever acts', () => {
  const verify: ActionForm = {
    ...finish, code: 'verify', evidence: 'photo_or_note',
    fields: { properties: { found: { type: 'boolean', default: true, title: { zh: '情况是否属实', en: 'Is it as reported' } } }, required: ['found'] },
  }

  function openVerify() {
    useSession().me = { permissions: { attach: true } } as Me
    const props = { action: verify, possible: true, caseId: 'case-1', version: 5, seen: { version: 5, state: 'reported', stateName: { zh: '待核实', en: 'To be verified' }, lastSeq: 1 }, conflicted: false, sources: {} }
    return mount(ActionPanel, { props, global: { plugins: [i18n] }, attachTo: document.body })
  }

  it('has no answer of yes or no beforehand, and is not sent without one and without evidence', async () => {
    const panel = openVerify()
    const answers = panel.findAll<HTMLInputElement>('input[type="radio"]')
    expect(answers.map((one) => one.element.checked)).toEqual([false, false])
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(sent).toEqual([])
    expect(panel.text()).toContain('此项必填。')
    expect(document.activeElement).toBe(answers[0]!.element)
    expect(panel.text()).toContain('请附上照片，或者填写说明。')
    await answers[1]!.setValue()
    await panel.get('textarea').setValue('到场没有发现')
    await panel.get('form').trigger('submit')
    await flushPromises()
    expect(sent).toEqual([{ version: 5, note: '到场没有发现', data: { found: false } }])
    panel.unmount()
  })
})
