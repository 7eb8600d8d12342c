/** Two-language names of the catalog, in the reader's language. */
import type { Text } from '@/api/types'

export function pick(text: Text | string | null | undefined, locale: string): string {
  if (!text) return ''
  if (typeof text === 'string') return text
  const [own, other] = locale.startsWith('zh') ? [text.zh, text.en] : [text.en, text.zh]
  return own || other || ''
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
