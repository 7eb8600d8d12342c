/** The purposes that the present post may claim for a look, asked once for each post. */
import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { purposeList } from '@/api/looks'
import type { LookKind, Purpose } from '@/api/types'
import { useSession } from './session'

export const usePurposes = defineStore('purposes', () => {
  const session = useSession()
  const known = shallowRef<{ post: string; items: Purpose[] } | null>(null)
  const post = computed(() => session.me?.post.id ?? '')
  let asked: { post: string; answer: Promise<Purpose[]> } | null = null

  async function load(): Promise<void> {
    const asking = post.value
    if (asked?.post !== asking) asked = { post: asking, answer: purposeList() }
    try {
      const items = await asked.answer
      if (asking === post.value) known.value = { post: asking, items }
    } catch (error) {
      asked = null
      throw error
    }
  }

  /** Null while they are not known. */
  const forKind = (kind: LookKind): Purpose[] | null =>
    known.value?.post === post.value ? known.value.items.filter((one) => one.kinds.includes(kind)) : null

  return { load, forKind }
})
