/** Arrow keys in a table: from the marked element of one row to that of the next, or of the row before. */
import { onKeys } from './inputMethod'

export function walkRows(marked: string): (event: KeyboardEvent | Event) => void {
  const step = (by: number) => (event: KeyboardEvent) => {
    const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(marked)]
    const here = rows.indexOf(event.target as HTMLElement)
    if (here < 0) return false
    rows[here + by]?.focus()
    return true
  }
  return onKeys({ ArrowDown: step(1), ArrowUp: step(-1) })
}
