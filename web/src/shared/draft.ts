/**
 * Typed text outlives a lost network, a closed tab and a crash. Drafts belong to an account, end with it and after a
 * week, and hold no personal data: callers leave names and phones out.
 */
const prefix = 'yizhi.draft.'
const week = 7 * 24 * 3_600_000

interface Stored<T> {
  at: number
  value: T
}

const keyOf = (account: string, name: string) => `${prefix}${account}.${name}`

/** False when the browser refuses to store. */
export function draftSave<T>(account: string, name: string, value: T, now = Date.now()): boolean {
  try {
    localStorage.setItem(keyOf(account, name), JSON.stringify({ at: now, value } satisfies Stored<T>))
    return true
  } catch {
    return false
  }
}

export function draftLoad<T>(account: string, name: string, now = Date.now()): T | null {
  try {
    const text = localStorage.getItem(keyOf(account, name))
    if (!text) return null
    const stored = JSON.parse(text) as Stored<T>
    if (now - stored.at <= week) return stored.value
    draftClear(account, name)
  } catch {
    draftClear(account, name)
  }
  return null
}

export function draftClear(account: string, name: string): void {
  try {
    localStorage.removeItem(keyOf(account, name))
  } catch {
    return
  }
}

/** Everything this account left on this computer: for signing out. */
export function draftsClear(account: string): void {
  const own = Object.keys(localStorage).filter((key) => key.startsWith(`${prefix}${account}.`))
  for (const key of own) localStorage.removeItem(key)
}
