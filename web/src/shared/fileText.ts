/** How archives (Excel workbooks among them) and the files of old office programs begin. */
const noText = [[0x50, 0x4b, 0x03, 0x04], [0xd0, 0xcf, 0x11, 0xe0], [0x1f, 0x8b], [0x52, 0x61, 0x72, 0x21]]

/**
 * The text of a file as people save it here: UTF-8, UTF-16 with its mark, or what a Chinese spreadsheet writes when nobody asks it for UTF-8.
 * `null` when it is no text at all.
 */
export async function fileText(file: Blob): Promise<string | null> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const begins = (mark: number[]): boolean => mark.every((byte, at) => bytes[at] === byte)
  if (noText.some(begins)) return null
  if (begins([0xff, 0xfe])) return new TextDecoder('utf-16le').decode(bytes)
  if (begins([0xfe, 0xff])) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
