/** Shapes that every part of the API shares. */
import type { Got, Sent } from './described'

export type Text = Got<'Text'>

export interface Page<T> {
  items: T[]
  next?: string | null
}

export type LiveChange = Got<'LiveChange'>

/** Partial, because a proxy in between may answer with a page of its own. */
export type ProblemBody = Partial<Sent<'ProblemBody'>>
