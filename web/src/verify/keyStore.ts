/** The key file a person chose, kept in this browser only. It is never asked for from a server. */
const place = 'yizhi.verify.keys'

export function storedKeys(): string | null {
  try {
    return localStorage.getItem(place)
  } catch {
    return null
  }
}

/** Null forgets them. A browser that keeps nothing asks for the file again next time. */
export function keepKeys(text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(place)
    else localStorage.setItem(place, text)
  } catch {
    return
  }
}
