/** The picker offers what the server says it takes, and refuses at once what is larger. */
import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Meta } from '@/api/types'
import PhotoUpload from '@/desk/components/PhotoUpload.vue'
import { useMeta } from '@/desk/stores/meta'
import { i18n, useLanguage } from '@/shared/i18n'

const uploads = vi.hoisted(() => [] as File[])
vi.mock('@/api/attachments', () => ({
  attachmentUpload: (file: File) => {
    uploads.push(file)
    return { done: new Promise(() => {}), abort: () => {} }
  },
}))

beforeEach(async () => {
  uploads.length = 0
  setActivePinia(createPinia())
  useMeta().meta = { uploads: { types: ['image/jpeg', 'video/quicktime'], bytesMax: 4 } } as unknown as Meta
  await useLanguage('zh-CN')
})

function open() {
  return mount(PhotoUpload, { props: { modelValue: [] }, global: { plugins: [i18n] } })
}

async function choose(picker: ReturnType<typeof open>, text: string) {
  const input = picker.get<HTMLInputElement>('input[type="file"]')
  Object.defineProperty(input.element, 'files', { value: [new File([text], 'a.jpg', { type: 'text/plain' })], configurable: true })
  await input.trigger('change')
}

describe('the picker of photos', () => {
  it('offers what the server takes', () => {
    expect(open().get('input[type="file"]').attributes('accept')).toBe('image/jpeg,video/quicktime')
  })

  it('sends no file that the server would refuse for its size', async () => {
    const picker = open()
    await choose(picker, '12345')
    expect(uploads).toHaveLength(0)
    expect(picker.get('[role="alert"]').text()).toContain('压缩')
    await choose(picker, '1234')
    expect(uploads).toHaveLength(1)
  })
})
