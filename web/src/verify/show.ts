/** Values and times of a receipt as people read them. What a receipt holds was written by others: it is shown, never obeyed. */

/** The last second that has four digits for its year in China. */
const last = 253_402_271_999n
const china = 8 * 3_600

/** Seconds since 1970 as date and time of day in China; a number that is no such date stays a number. */
export function inChina(time: bigint): string {
  if (time > last) return String(time)
  return new Date((Number(time) + china) * 1000).toISOString().slice(0, 19).replace('T', ' ')
}

/** Spells out what would turn the direction of writing or cannot be seen. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => (character === '\n' ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`))

const moment = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z$/

/** The text of a JSON value for a reader: strings without quotes, moments as times in China, all else as it is written. */
export function readable(value: string): string {
  const read: unknown = JSON.parse(value)
  if (read === null) return '—'
  if (typeof read !== 'string') return plain(value)
  const [, second] = moment.exec(read) ?? []
  const time = second === undefined ? NaN : Date.parse(`${second}Z`)
  return time >= 0 ? inChina(BigInt(time / 1000)) : plain(read)
}

/** Hexadecimal digits in groups that can be read aloud. */
export const grouped = (digits: string): string => digits.match(/.{1,4}/g)?.join(' ') ?? ''
