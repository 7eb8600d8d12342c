/** What the server says about itself: states and their tones, roles, the base map. Asked once. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { metaFetch } from '@/api/session'
import type { Meta } from '@/api/types'

export const tones = ['neutral', 'info', 'active', 'warning', 'danger', 'success'] as const
export type Tone = (typeof tones)[number]

/** Other words for the same tone, so that catalog authors are understood. */
const toneAliases: Record<string, Tone> = { primary: 'active', amber: 'warning', red: 'danger', green: 'success', blue: 'info', grey: 'neutral' }

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

  function tone(state: string): Tone {
    const named = meta.value?.states.find((one) => one.code === state)?.tone ?? ''
    return tones.find((one) => one === named) ?? toneAliases[named] ?? 'neutral'
  }

  return { meta, load, tone }
})
