/** The catalog as the API shows it. */
import type { Text } from './common'

export type LimitUnit = 'clock_hours' | 'working_hours' | 'working_days' | 'calendar_days'

export interface Limit {
  value: number
  unit: LimitUnit
  counting: 'same_time' | 'end_of_day'
  source: string
}

export interface Matter {
  code: string
  kind: 'event' | 'component'
  name: Text
  category: Text
  categoryCode: string
  department: string
  departmentName: Text
  sources: string[]
  scope: 'national' | 'local'
  place: boolean
}

export interface MatterCondition {
  id: string
  name: Text
  limit: Limit
  closing: Text
}

export interface MatterDetail extends Matter {
  procedure: string
  conditions: MatterCondition[]
  defaultCondition: string | null
}

export interface Department {
  code: string
  name: Text
  people: number
}
