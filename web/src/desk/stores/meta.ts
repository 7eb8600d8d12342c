/** What the server says about itself: states and their tones, roles, the base map. Asked once. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { metaFetch } from '@/api/session'
import type { Meta } from '@/api/types'

/** The tones that procedures give their states. */
export const tones = ['waiting', 'active', 'paused', 'done', 'refused'] as const
export type Tone = (typeof tones)[number]

export const useMeta = defineStore('meta', () => {
  const meta = ref<Meta | null>(null)
  let asked: Promise<Meta> | null = null

  async function load(): Promise<Meta> {
    asked ??= metaFetch()
    try {
      meta.value = await asked
    } catch (error) {
      asked = null
      throw error
    }
    return meta.value
  }

  const stateOf = (code: string) => meta.value?.states.find((one) => one.code === code)

  /** A tone that this desk does not know looks like one that is waiting. */
  const tone = (state: string): Tone => tones.find((one) => one === stateOf(state)?.tone) ?? 'waiting'

  return { meta, load, stateOf, tone }
})
