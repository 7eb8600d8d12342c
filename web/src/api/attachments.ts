/** Uploading files with progress, which fetch cannot report; hence XMLHttpRequest. */
import { commonHeaders, noteRefusal } from './client'
import { silence, watchSilence } from './patience'
import { ApiError, networkError, retryAfterSeconds } from './problem'
import type { Attachment, ProblemBody } from './types'

export interface Upload {
  done: Promise<Attachment>
  abort: () => void
}

/** `key` makes a retry of the same file give the first answer again. */
export function attachmentUpload(file: File, key: string, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest()
  const done = new Promise<Attachment>((resolve, reject) => {
    request.open('POST', '/api/v1/attachments')
    const headers = { ...commonHeaders('POST'), 'Idempotency-Key': key }
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    const watching = watchSilence(silence.ordinary, () => {
      reject(networkError())
      request.abort()
    })
    request.upload.onprogress = (event) => {
      watching.alive()
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    request.upload.onload = () => watching.alive(silence.uploaded)
    request.onloadend = watching.end
    request.onerror = () => reject(networkError())
    request.onabort = () => reject(new ApiError(0, { code: 'aborted' }))
    request.onload = () => {
      const body = parse(request.responseText)
      noteRefusal(request.status, body)
      if (request.status >= 200 && request.status < 300) resolve(body as Attachment)
      else reject(new ApiError(request.status, body as ProblemBody, retryAfterSeconds(request.getResponseHeader('Retry-After'))))
    }
    const form = new FormData()
    form.append('file', file)
    request.send(form)
  })
  return { done, abort: () => request.abort() }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
