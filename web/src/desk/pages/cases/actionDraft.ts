/** What was typed into an action of a case, with what the person saw of the case when they began: enough to go on after a reload. */
import type { ActionForm, Attachment, Case, TimelineItem } from '@/api/types'
import { draftFound, draftNames } from '@/shared/draft'

/** The case as it stood when the form was opened. */
export interface SeenCase {
  version: number
  state: string
  stateName: Case['stateName']
  /** The last step that was there; -1 while that is not known. */
  lastSeq: number
}

export interface ActionDraft {
  action: ActionForm
  seen: SeenCase
  note: string
  target: string
  photos: Attachment[]
  values: Record<string, unknown>
}

export const actionDraft = (caseId: string, code: string): string => `action.${caseId}.${code}`

/** Where photos wait that a report or a step went without: the next form at this case takes them up. */
export const photosLeft = (caseId: string): string => `photos.${caseId}`

/** What was left unsent at this case, if anything. */
export function leftBehind(account: string, caseId: string): Pick<ActionDraft, 'action' | 'seen'> | null {
  const kept = draftNames(account, actionDraft(caseId, '')).map((name) => draftFound<ActionDraft>(account, name))
  return kept.find((one) => one?.action && one.seen) ?? null
}

export const lastSeqOf = (timeline: readonly TimelineItem[]): number => Math.max(-1, ...timeline.map((item) => item.seq))

export const seenNow = ({ version, state, stateName }: Case, timeline: readonly TimelineItem[]): SeenCase => ({
  version, state, stateName, lastSeq: lastSeqOf(timeline),
})
