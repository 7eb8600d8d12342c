/** Shapes that every part of the API shares. */
export interface Text {
  zh: string
  en: string
}

export interface Page<T> {
  items: T[]
  next?: string | null
}

export interface LiveChange {
  seq: number
  kind: string
  id: string
  version: number
  state: string | null
  region: string | null
  at: string
}

export interface ProblemBody {
  type?: string
  title?: string
  status?: number
  code?: string
  detail?: string
  field?: string
  current?: unknown
}
