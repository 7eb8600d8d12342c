/** Cases and everything that belongs to one. */
import type { operations } from '../paths'
import type { Text } from './common'
import type { Closer, Got, Sent } from './described'
import type { Limit } from './matter'
import type { LonLat } from './place'

export type Alert = 'none' | 'amber' | 'red' | 'paused'

export type CaseItem = Closer<'CaseItem', { alert: Alert }>
export type Attachment = Got<'AttachmentView'>
export type Clock = Closer<'ClockView', { state: 'running' | 'paused' | 'met' | 'missed'; limit: Limit }>
export type Assignment = Closer<'AssignmentView', { kind: 'lead' | 'joint' | 'check' }>
export type TimelineItem = Got<'TimelineItem'>
export type ConfidentialPage = Got<'ConfidentialPage'>
export type ConfidentialItem = Got<'ConfidentialItem'>
export type Duplicate = Closer<'DuplicateView', { case: CaseItem }>

export type JsonSchema = Record<string, unknown>

/** One of the two is there. */
export interface ActionTarget {
  department?: string
  account?: string
  name: Text
  /** The one the matter names. */
  default: boolean
}

export type ActionForm = Closer<'ActionForm', {
  tone: 'primary' | 'neutral' | 'danger'
  note: 'required' | 'optional'
  evidence: 'none' | 'photo_or_note'
  to: 'none' | 'department' | 'account'
  fields: JsonSchema | null
  targets: ActionTarget[]
}>

export type Case = Closer<'CaseView', { alert: Alert; clocks: Clock[]; assignments: Assignment[]; actions: ActionForm[] }>

export type CaseLocation =
  | (LonLat & { crs?: string; accuracy?: number; source?: string; address?: string })
  | { grid: string; address?: string }
  | { region: string; address?: string }

export type CaseDraft = Omit<Sent<'DraftInput'>, 'location'> & { location: CaseLocation }
export type CaseReport = Omit<Sent<'ReportInput'>, 'location'> & { id: string; location: CaseLocation }
export type ActionRequest = Omit<Sent<'ActInput'>, 'to'> & { to?: { department: string } | { account: string } }

type ListQuery = NonNullable<operations['cases_list']['parameters']['query']>

export type CaseFilter = { [Key in keyof ListQuery]?: NonNullable<ListQuery[Key]> } & { alert?: Alert; mine?: 'true' | 'reported' }

export type Counter = Got<'CounterItem'>
export type CounterBy = 'state' | 'matter' | 'region' | 'department'
