/**
 * Key files, kept in this browser only: the one a person chose, and the one the log published when this browser first took a
 * receipt of it.
 */
const own = 'yizhi.verify.keys'
const published = 'yizhi.verify.published'

/** The key file a person chose. */
export function storedKeys(): string | null {
  try {
    return localStorage.getItem(own)
  } catch {
    return null
  }
}

/** Null forgets them. A browser that keeps nothing asks for the file again next time. */
export function keepKeys(text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(own)
    else localStorage.setItem(own, text)
  } catch {
    return
  }
}

export interface PublishedKeys {
  text: string
  /** Milliseconds since 1970. */
  at: number
}

/** What was published when this browser first took a receipt. */
export function firstPublished(): PublishedKeys | null {
  try {
    const kept = JSON.parse(localStorage.getItem(published) ?? 'null') as PublishedKeys | null
    return typeof kept?.text === 'string' && typeof kept.at === 'number' ? kept : null
  } catch {
    return null
  }
}

/** Pins what the log publishes now, with the first receipt that is taken; later ones are compared with it. */
export function pinPublished(text: string, now = Date.now()): void {
  if (firstPublished()) return
  try {
    localStorage.setItem(published, JSON.stringify({ text, at: now } satisfies PublishedKeys))
  } catch {
    return
  }
}
