/** The fields of a case that can be erased, as the API writes them: `reporter`, `note:3`, `attachment:ID`. */
import type { Attachment, Case, TimelineItem } from '@/api/types'

export interface ErasableField {
  field: string
  /** Locale key below `erasure.field`, and what it needs. */
  key: string
  values: Record<string, string | number>
}

/** A field as somebody sees it who does not see the case: its kind and its place, never its value. */
export function describeField(field: string): ErasableField {
  const [key = '', value = ''] = field.split(':')
  return { field, key, values: key === 'note' ? { n: Number(value) } : {} }
}

/** The file that a field names, and the step it came with: what is at no step came with the report, which is the first. */
export function fileOf(field: string, shown: Case, timeline: readonly TimelineItem[]): { file: Attachment; step: TimelineItem | undefined } | null {
  const [kind, id] = field.split(':')
  const step = timeline.find((item) => item.attachments.some((one) => one.id === id)) ?? timeline[0]
  const file = [...shown.attachments, ...(step?.attachments ?? [])].find((one) => one.id === id)
  return kind === 'attachment' && file ? { file, step } : null
}

/** What this case still has. */
export function erasableFields(shown: Case, timeline: readonly TimelineItem[]): string[] {
  const own = [
    ...(shown.reporter ? ['reporter'] : []),
    ...(shown.title ? ['title'] : []),
    ...(shown.description ? ['description'] : []),
    ...(shown.location || shown.data['position'] ? ['location'] : []),
  ].filter((field) => !shown.erased.includes(field))
  const notes = timeline.filter((item) => item.note && !item.erased.includes('note')).map((item) => `note:${item.seq}`)
  const files = [...shown.attachments, ...timeline.flatMap((item) => item.attachments)].filter((file) => !file.erased).map((file) => `attachment:${file.id}`)
  return [...own, ...notes, ...new Set(files)]
}
