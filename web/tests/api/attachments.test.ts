/** An upload whose line goes silent fails as a lost network does; one that moves on slowly is left alone. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { attachmentUpload } from '@/api/attachments'
import { onSignedOut } from '@/api/client'

class Sending {
  static last: Sending
  upload: { onprogress?: (event: object) => void; onload?: () => void } = {}
  onload?: () => void
  onerror?: () => void
  onabort?: () => void
  onloadend?: () => void
  status = 0
  responseText = ''
  aborted = false
  constructor() {
    Sending.last = this
  }
  open() {}
  send() {}
  setRequestHeader() {}
  getResponseHeader = () => null
  abort() {
    this.aborted = true
    this.onabort?.()
    this.onloadend?.()
  }
  answer(status: number, body: object) {
    this.status = status
    this.responseText = JSON.stringify(body)
    this.onload?.()
    this.onloadend?.()
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('XMLHttpRequest', Sending)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  onSignedOut(() => {})
})

function send() {
  const end = vi.fn()
  const shares: number[] = []
  attachmentUpload(new File(['photo'], 'a.jpg'), 'key-1', (share) => shares.push(share)).done.then(end, end)
  return { end, shares, line: Sending.last }
}

const moved = (line: Sending, loaded: number) => line.upload.onprogress?.({ lengthComputable: true, loaded, total: 10 })

describe('an upload', () => {
  it('that moves on slowly goes on, and fails once it stands still', async () => {
    const { end, shares, line } = send()
    for (const loaded of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(25_000)
      moved(line, loaded)
    }
    expect(shares).toEqual([0.1, 0.2, 0.3])
    expect(end).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(40_000)
    expect(end).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 0, code: 'network' }))
    expect(line.aborted).toBe(true)
  })

  it('that is through waits for the answer, but not for ever', async () => {
    const { end, line } = send()
    line.upload.onload?.()
    await vi.advanceTimersByTimeAsync(50_000)
    expect(end).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(15_000)
    expect(end).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 0, code: 'network' }))
  })

  it('that was answered is over', async () => {
    const { end, line } = send()
    line.answer(201, { id: 'photo-1' })
    await vi.advanceTimersByTimeAsync(100_000)
    expect(end).toHaveBeenCalledExactlyOnceWith({ id: 'photo-1' })
    expect(line.aborted).toBe(false)
  })

  it('without a session tells so', async () => {
    const lost = vi.fn()
    onSignedOut(lost)
    const { end, line } = send()
    line.answer(401, { code: 'no_session' })
    await vi.advanceTimersByTimeAsync(0)
    expect(end).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 401 }))
    expect(lost).toHaveBeenCalledOnce()
  })
})
