/** What the QR code of a printed receipt names: the place in the log and the record's commitment, behind the address of this page. */
import { decimal, equal, hex, type Bytes } from './bytes'

export interface Sheet {
  index: bigint
  commitment: Bytes
}

/** The part behind `#` stays in the browser; no server is told which receipt somebody checks. */
export const sheetAddress = (page: string, { index, commitment }: Sheet): string => `${page}#${index}.${hex(commitment)}`

/** From an address, or the part of it behind `#`; null when it names no receipt. */
export function parseSheet(address: string): Sheet | null {
  const [, number = '', digits = ''] = /#([0-9]{1,20})\.([0-9a-f]{64})$/.exec(address) ?? []
  const index = decimal(number)
  if (index === null) return null
  return { index, commitment: Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16)) }
}

export const isSame = (sheet: Sheet, other: Sheet): boolean =>
  sheet.index === other.index && equal(sheet.commitment, other.commitment)
