/** Bytes of a file or a pasted text. What is far too long for a receipt is cut, so that it is refused without being read whole. */
import { utf8, type Bytes } from './core/bytes'

const most = 4 << 20

export const readFile = async (file: File): Promise<Bytes> => new Uint8Array(await file.slice(0, most).arrayBuffer())

/** Copying loses the last newline or adds spaces around; the readers would refuse both. */
export const readPasted = (text: string): Bytes => utf8(`${text.trim()}\n`)
