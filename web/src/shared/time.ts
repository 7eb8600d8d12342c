/** Times as China reads them, whatever the computer's own zone is. */
const zone = 'Asia/Shanghai'
const formats = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}/${name}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...options })
  formats.set(key, made)
  return made
}

/** Day and time; the year only when it is not this year's. */
export function dateTime(value: string | null, locale: string, now = Date.now()): string {
  if (!value) return '—'
  const year = (at: number | Date) => format(locale, 'year', { year: 'numeric' }).format(at)
  const date = new Date(value)
  const withYear = year(date) === year(now) ? {} : { year: 'numeric' as const }
  const name = `datetime${'year' in withYear}`
  return format(locale, name, { ...withYear, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(date)
}

/** To the second, for signatures. */
export function moment(value: string | null, locale: string): string {
  if (!value) return '—'
  return format(locale, 'moment', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(value))
}

export function date(value: string | null, locale: string): string {
  if (!value) return '—'
  return format(locale, 'date', { year: 'numeric', month: 'short', day: 'numeric' }).format(new Date(value))
}

/** A local `YYYY-MM-DDTHH:mm[:ss]` of China, as date pickers give it, in RFC 3339. */
export function chinaRfc3339(local: string): string {
  const [day, time = '00:00'] = local.replace(' ', 'T').split('T')
  return `${day}T${time.length === 5 ? `${time}:00` : time}+08:00`
}

/** The same for now, to fill a picker with. */
export function chinaLocal(now = Date.now()): string {
  return new Date(now + 8 * 3_600_000).toISOString().slice(0, 16)
}

/** A moment in the last day of a span that ends before a moment: what ends at midnight has the day before as its last. */
export const lastMoment = (until: string): string => new Date(Date.parse(until) - 1).toISOString()
