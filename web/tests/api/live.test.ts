/** What was missed is told as such, and the next connection goes on from where the server says. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { liveStart, liveStop, onLive } from '@/api/live'
import type { LiveChange } from '@/api/types'

class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  static opened: FakeSource[] = []
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null

  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
    FakeSource.opened.push(this)
  }

  close(): void {
    this.readyState = FakeSource.CLOSED
  }

  say(type: string, lastEventId: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data), lastEventId }))
  }

  fail(): void {
    this.readyState = FakeSource.CLOSED
    this.onerror?.()
  }
}

const heard: (LiveChange | null)[] = []
let stop: () => void

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  FakeSource.opened = []
  heard.length = 0
  stop = onLive((change) => heard.push(change))
  liveStart()
})

afterEach(() => {
  stop()
  liveStop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const last = (): FakeSource => FakeSource.opened.at(-1) as FakeSource

function reconnect(): string {
  last().fail()
  vi.advanceTimersByTime(5000)
  return last().url
}

describe('live changes', () => {
  it('go on after the last one that was seen', () => {
    last().say('change', '7', { seq: 7 })
    expect(heard).toEqual([{ seq: 7 }])
    expect(reconnect()).toBe('/api/v1/live?since=7')
  })

  it('start again when the server says so, from where it says', () => {
    last().say('change', '900', { seq: 900 })
    last().say('restart', '42')
    expect(heard).toEqual([{ seq: 900 }, null])
    expect(reconnect()).toBe('/api/v1/live?since=42')
  })

  it('make everybody look again after a break', () => {
    reconnect()
    last().onopen?.()
    expect(heard).toEqual([null])
  })
})
