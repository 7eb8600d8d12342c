/** The text of a file as people save it here: UTF-8, or what a Chinese spreadsheet writes when nobody asks it for UTF-8. */
export async function fileText(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
