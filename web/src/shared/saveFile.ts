/** Hands a file that the page already holds to the browser's downloads. */
import type { Download } from '@/api/download'

export function saveFile({ name, content }: Download): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // Some browsers fetch it only after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
