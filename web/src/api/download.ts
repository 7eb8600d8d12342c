/** Answers that are files: their bytes as they came, under the name the server gives them. */
import { problemOf } from './problem'

export interface Download {
  name: string
  content: Blob
}

interface Answer {
  data?: Blob
  error?: unknown
  response: Response
}

export async function unwrapFile(call: Promise<Answer>, fallback: string): Promise<Download> {
  const { data, error, response } = await call
  if (!response.ok || !data) throw problemOf(response, error)
  return { name: fileName(response.headers.get('Content-Disposition')) ?? fallback, content: data }
}

/** The quoted name of RFC 6266; the server gives plain ones. */
const fileName = (header: string | null): string | undefined => /filename="([^"/\\]+)"/.exec(header ?? '')?.[1]
