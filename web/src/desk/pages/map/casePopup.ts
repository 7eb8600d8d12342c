/** The card of one case on the map, built as elements so that no text is ever read as markup. */
import type { Text } from '@/api/types'

export function casePopup(properties: Record<string, unknown>, state: string, open: string, go: (path: string) => void): HTMLElement {
  const text = (key: string) => {
    const value = properties[key] as string | Text | undefined
    return typeof value === 'string' ? value : (value?.zh ?? '')
  }
  const path = `/cases/${text('number') || text('id')}`
  const card = document.createElement('div')
  const title = document.createElement('strong')
  title.textContent = text('title') || text('number')
  const line = document.createElement('p')
  line.textContent = [state, text('number')].filter(Boolean).join(' · ')
  const link = document.createElement('a')
  link.href = path
  link.textContent = open
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey) return
    event.preventDefault()
    go(path)
  })
  card.append(title, line, link)
  return card
}
