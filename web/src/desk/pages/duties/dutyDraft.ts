/** Somebody who is being put on duty, as the form keeps it; it opens again by itself when something was left in it. */
import { draftExists } from '@/shared/draft'

export interface DutyDraft {
  /** Role and account of the candidate. */
  chosen: string
  /** The last day, or empty. */
  until: string
}

export const dutyDraft = (grid: string): string => `duty.${grid}`
export const dutyLeftFor = (account: string, grid: string): boolean => draftExists(account, dutyDraft(grid))
