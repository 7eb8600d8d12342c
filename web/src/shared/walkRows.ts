/** Arrow keys in a table: from the marked element of one row to that of the next, or of the row before. */
export function walkRows(event: KeyboardEvent, marked: string): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step) return
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(marked)]
  const here = rows.indexOf(event.target as HTMLElement)
  if (here < 0) return
  event.preventDefault()
  rows[here + step]?.focus()
}
