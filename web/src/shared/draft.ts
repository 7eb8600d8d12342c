/**
 * Typed text outlives a lost network, an expired session, a reload and a crash. Drafts belong to an account and end with it
 * and after a week. What names a person, such as a phone number, is kept for this tab only and ends with it.
 */
const prefix = 'yizhi.draft.'
const week = 7 * 24 * 3_600_000

interface Stored<T> {
  at: number
  value: T
}

/** `browser`: until sent, for a week at most, shared by all tabs. `tab`: until sent or until the tab is closed. */
export type Keeping = 'browser' | 'tab'

/** An account may have dots in its name, and must not begin another's. */
const ownerOf = (account: string) => encodeURIComponent(account).replaceAll('.', '%2E')
const keyOf = (account: string, name: string) => `${prefix}${ownerOf(account)}.${name}`
const storeOf = (keeping: Keeping) => (keeping === 'tab' ? sessionStorage : localStorage)
const keepings = ['browser', 'tab'] as const

/** Accounts that have signed out: a form that is still on its way out keeps nothing any more. */
const gone = new Set<string>()

export const draftsOpen = (account: string): void => void gone.delete(account)

/** False when the browser refuses to store. */
export function draftSave<T>(account: string, name: string, value: T, now = Date.now(), keeping: Keeping = 'browser'): boolean {
  if (gone.has(account)) return false
  try {
    storeOf(keeping).setItem(keyOf(account, name), JSON.stringify({ at: now, value } satisfies Stored<T>))
    return true
  } catch {
    return false
  }
}

export function draftLoad<T>(account: string, name: string, now = Date.now(), keeping: Keeping = 'browser'): T | null {
  try {
    const text = storeOf(keeping).getItem(keyOf(account, name))
    if (!text) return null
    const stored = JSON.parse(text) as Stored<T>
    if (now - stored.at <= week) return stored.value
    draftClear(account, name, keeping)
  } catch {
    draftClear(account, name, keeping)
  }
  return null
}

/** As this tab left it, or else as any tab did. */
export const draftFound = <T>(account: string, name: string): T | null =>
  draftLoad<T>(account, name, Date.now(), 'tab') ?? draftLoad<T>(account, name)

export function draftClear(account: string, name: string, keeping: Keeping): void {
  remove(keeping, (key) => key === keyOf(account, name))
}

/** Everything this account left on this computer: for signing out. */
export function draftsClear(account: string): void {
  gone.add(account)
  for (const keeping of keepings) remove(keeping, (key) => key.startsWith(keyOf(account, '')))
}

/** What others left on this computer: nobody sits down before another person's words. */
export function draftsOfOthersClear(account: string): void {
  for (const keeping of keepings) remove(keeping, (key) => key.startsWith(prefix) && !key.startsWith(keyOf(account, '')))
}

/** The names of the drafts there are that begin so. */
export function draftNames(account: string, begin: string): string[] {
  const start = keyOf(account, begin)
  const names = keepings.flatMap((keeping) => keysOf(keeping).filter((key) => key.startsWith(start)))
  return [...new Set(names)].map((key) => key.slice(keyOf(account, '').length))
}

export const draftExists = (account: string, name: string): boolean => draftNames(account, name).includes(name)

function keysOf(keeping: Keeping): string[] {
  try {
    return Object.keys(storeOf(keeping))
  } catch {
    return []
  }
}

function remove(keeping: Keeping, which: (key: string) => boolean): void {
  try {
    for (const key of keysOf(keeping).filter(which)) storeOf(keeping).removeItem(key)
  } catch {
    return
  }
}
