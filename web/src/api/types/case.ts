/** Cases and everything that belongs to one. */
import type { Text } from './common'
import type { Limit } from './matter'
import type { LonLat } from './place'

export type Alert = 'none' | 'amber' | 'red' | 'paused'

export interface CaseItem {
  id: string
  number: string
  state: string
  stateName: Text
  version: number
  matter: { code: string; name: Text }
  region: { code: string; name: string; path: string[] }
  grid: string | null
  location: LonLat | null
  title: string
  confidential: boolean
  demo: boolean
  occurredAt: string
  recordedAt: string
  closedAt: string | null
  dueAt: string | null
  overallDueAt: string | null
  provisional: boolean
  alert: Alert
  department: string | null
  departmentName: Text | null
  condition: string | null
  duplicateOf: string | null
}

export interface Attachment {
  id: string
  name: string
  mediaType: string
  bytes: number
  width: number | null
  height: number | null
  place: LonLat | null
  takenAt: string | null
  url: string
  thumbnailUrl: string | null
}

export interface Clock {
  name: string
  label: Text
  from: string
  until: string
  limit: Limit
  state: 'running' | 'paused' | 'met' | 'missed'
  provisional: boolean
}

export interface Assignment {
  n: number
  stage: string
  stageName: Text
  kind: 'lead' | 'joint' | 'check'
  role: string
  roleName: Text
  region: string
  department: string | null
  person: { account: string; name: string } | null
  openedAt: string
  dueAt: string | null
  leftAt: string | null
  outcome: string | null
  mine: boolean
  version: number
}

export type JsonSchema = Record<string, unknown>

export interface ActionTarget {
  department?: string
  account?: string
  name: Text
  /** The one the matter names. */
  default?: boolean
}

export interface ActionForm {
  code: string
  name: Text
  tone: 'primary' | 'neutral' | 'danger'
  note: 'required' | 'optional'
  to: 'none' | 'department' | 'account'
  fields: JsonSchema | null
  targets: ActionTarget[]
}

export interface Case extends CaseItem {
  description: string
  data: Record<string, unknown>
  reporter: { name: string; phone: string } | null
  reportedBy: string | null
  attachments: Attachment[]
  clocks: Clock[]
  assignments: Assignment[]
  actions: ActionForm[]
}

export interface TimelineItem {
  seq: number
  action: string
  actionName: Text
  actor: { account: string; name: string } | null
  post: { role: string; roleName: Text; regionName: string; department: string | null; departmentName: Text | null }
  at: string
  from: string | null
  to: string
  fromName: Text | null
  toName: Text
  note: string
  recordId: string
  recipient: string | null
  recipientName: Text | null
}

export interface Duplicate {
  case: CaseItem
  distance: number
  similarity: number
  hoursApart: number
  attachments: Attachment[]
}

export type CaseLocation =
  | (LonLat & { crs?: string; accuracy?: number; source?: string })
  | { grid: string }
  | { region: string }

export interface CaseDraft {
  matter: string
  title: string
  description: string
  location: CaseLocation
  occurredAt?: string
}

export interface CaseReport extends CaseDraft {
  id: string
  data?: Record<string, unknown>
  attachments?: string[]
  reporter?: { name: string; phone?: string }
  confidential?: boolean
  condition?: string
}

export interface CaseFilter {
  q?: string
  state?: string
  matter?: string
  region?: string
  department?: string
  overdue?: boolean
  alert?: Alert
  mine?: 'true' | 'reported'
  since?: string
  until?: string
  sort?: string
  cursor?: string
  limit?: number
}

export interface ActionRequest {
  version: number
  note?: string
  to?: { department: string } | { account: string }
  data?: Record<string, unknown>
}

export interface Counter {
  key: string
  name: Text | null
  total: number
  open: number
  overdue: number
  closed: number
}

export type CounterBy = 'state' | 'matter' | 'region' | 'department'
