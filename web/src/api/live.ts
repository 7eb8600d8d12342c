/**
 * Live changes over one EventSource per visible tab. A hidden tab lets go of its connection (browsers allow six to
 * one server over HTTP/1.1, and clerks open many cases) and catches up with `since` when it is looked at again.
 */
import type { LiveChange } from './types'

export type LiveState = 'off' | 'connecting' | 'open' | 'lost'

/** `null` says that changes may have been missed: look again. */
type Listener = (change: LiveChange | null) => void

const listeners = new Set<Listener>()
const stateListeners = new Set<(state: LiveState) => void>()
const retryMilliseconds = 5000

let source: EventSource | null = null
let wanted = false
let since: number | null = null
let gap = false
let retry: ReturnType<typeof setTimeout> | undefined

function tell(state: LiveState): void {
  for (const listener of stateListeners) listener(state)
}

/** The server cannot tell what we missed: everybody looks again, and we go on from where it says. */
function restart(event: MessageEvent<string>): void {
  const newest = Number(event.lastEventId)
  since = event.lastEventId !== '' && Number.isSafeInteger(newest) ? newest : null
  missed()
}

/** The server dropped changes, or we were away. */
function missed(): void {
  for (const listener of listeners) listener(null)
}

function receive(event: MessageEvent<string>): void {
  const change = JSON.parse(event.data) as LiveChange
  since = change.seq
  for (const listener of listeners) listener(change)
}

function open(): void {
  if (source || !wanted || document.hidden) return
  tell('connecting')
  const opened = new EventSource(`/api/v1/live${since === null ? '' : `?since=${since}`}`)
  source = opened
  opened.addEventListener('change', receive as EventListener)
  opened.addEventListener('restart', restart as EventListener)
  opened.onopen = () => {
    tell('open')
    if (gap) missed()
    gap = false
  }
  opened.onerror = () => {
    gap = true
    tell('lost')
    if (opened.readyState !== EventSource.CLOSED) return
    close()
    retry = setTimeout(open, retryMilliseconds)
  }
}

function close(): void {
  clearTimeout(retry)
  source?.close()
  source = null
}

function onVisibility(): void {
  if (!document.hidden) return open()
  gap = true
  close()
}

export function liveStart(): void {
  if (wanted) return
  wanted = true
  document.addEventListener('visibilitychange', onVisibility)
  open()
}

/** Ends the connection and forgets the position: the next person has another slice. */
export function liveStop(): void {
  wanted = false
  since = null
  gap = false
  document.removeEventListener('visibilitychange', onVisibility)
  close()
  tell('off')
}

export function onLive(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function onLiveState(listener: (state: LiveState) => void): () => void {
  stateListeners.add(listener)
  return () => stateListeners.delete(listener)
}
