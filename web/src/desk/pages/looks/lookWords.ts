/** What a list was narrowed by, as the record of a look writes it (`state=handling&since=…`), taken apart for words. */
export interface Narrowed {
  name: string
  value: string
}

/** What somebody searched for is not recorded, only that there was something: `q=*`. */
export function narrowed(filter: string | null): Narrowed[] {
  return (filter ?? '').split('&').filter(Boolean).map((part) => {
    const at = part.indexOf('=')
    return at < 0 ? { name: part, value: '' } : { name: part.slice(0, at), value: part.slice(at + 1) }
  })
}

export const isMoment = (value: string): boolean => /^\d{4}-\d\d-\d\dT/.test(value)
