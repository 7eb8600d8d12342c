/** The catalog as the API shows it. */
import type { Closer, Got } from './described'

export type LimitUnit = 'clock_hours' | 'working_hours' | 'working_days' | 'calendar_days'

export type Limit = Closer<'LimitView', { unit: LimitUnit; counting: 'same_time' | 'end_of_day' }>

interface Kinds {
  kind: 'event' | 'component'
  scope: 'national' | 'local'
}

export type Matter = Closer<'MatterView', Kinds>
export type MatterCondition = Closer<'ConditionView', { limit: Limit }>
export type MatterDetail = Closer<'MatterDetail', Kinds & { conditions: MatterCondition[] }>
export type Department = Got<'DepartmentView'>
