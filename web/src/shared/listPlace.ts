/**
 * Where somebody was in a list: how many rows were shown, kept with the page's entry in the history, so that Back, a reload and
 * a new sign-in come back to the same rows; and what the page's scrolling waits for.
 */
const field = 'listRows'
let filling: Promise<unknown> = Promise.resolve()

export function rowsShown(): number {
  const rows: unknown = history.state?.[field]
  return typeof rows === 'number' && rows > 0 ? rows : 0
}

export function rowsKeep(rows: number): void {
  if (history.state && history.state[field] !== rows) history.replaceState({ ...history.state, [field]: rows }, '')
}

/** The page is being filled; scrolling to where one was waits for it. */
export function pageFilling(work: Promise<unknown>): void {
  filling = work.catch(() => undefined)
}

export const pageFilled = (): Promise<unknown> => filling
