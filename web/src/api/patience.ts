/**
 * A connection may stall without breaking, and then nothing is ever said. Whoever waits counts how long nothing has come, not
 * how long it takes altogether: a slow line that moves is left alone.
 */
import { networkError } from './problem'

/** Milliseconds in which nothing comes before the server counts as not reached. */
export const silence = {
  /** The server itself waits for its database for 30 seconds, and then says so. */
  ordinary: 35_000,
  /** The server stops a query after a minute, and then says how to narrow it. */
  query: 75_000,
  /** What has left the page may still lie in buffers on the way, and is then looked at by the server. */
  uploaded: 60_000,
  longWork: 600_000,
}

/** Calls `over` when `alive` has not been called for so long. */
export function watchSilence(milliseconds: number, over: () => void) {
  let timer = setTimeout(over, milliseconds)

  function alive(longest = milliseconds): void {
    clearTimeout(timer)
    timer = setTimeout(over, longest)
  }

  return { alive, end: () => clearTimeout(timer) }
}

/** The whole answer, or a network error once nothing has come for so long. */
export function askPatiently(request: Request | string, milliseconds: number): Promise<Response> {
  const cut = new AbortController()
  const given = request instanceof Request ? request.signal : null
  if (given?.aborted) cut.abort(given.reason)
  given?.addEventListener('abort', () => cut.abort(given.reason))
  return new Promise((resolve, reject) => {
    const watching = watchSilence(milliseconds, () => {
      reject(networkError())
      cut.abort()
    })
    globalThis
      .fetch(request, { signal: cut.signal })
      .then((response) => whole(response, watching.alive))
      .then(resolve, reject)
      .finally(watching.end)
  })
}

async function whole(response: Response, alive: () => void): Promise<Response> {
  alive()
  if (!response.body) return response
  const chunks: Uint8Array<ArrayBuffer>[] = []
  const reader = response.body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    alive()
    chunks.push(read.value)
  }
  const { status, statusText, headers } = response
  // An answer that may have no body, such as 204, comes with an empty one.
  return new Response(chunks.length > 0 ? new Blob(chunks) : null, { status, statusText, headers })
}
