/** The report as it is typed and as it is sent. */
import type { Attachment, CaseDraft, CaseLocation, CaseReport, LonLat } from '@/api/types'
import { chinaLocal, chinaRfc3339 } from '@/shared/time'
import { uuid7 } from '@/shared/uuid7'

export interface ChosenPlace {
  /** A point on the map, or a grid, village or township from the list. */
  at: LonLat | null
  accuracy?: number
  source?: 'map' | 'device' | 'photo'
  grid: string | null
  region: string | null
  /** Street and number, or a landmark: with a point or grid if one likes, with a village alone where it must be found. */
  address: string
  label: string
}

export interface ReportForm {
  id: string
  matter: string
  condition: string
  title: string
  description: string
  place: ChosenPlace
  occurredAt: string
  attachments: Attachment[]
  reporterName: string
  reporterPhone: string
  confidential: boolean
}

export const noPlace = (): ChosenPlace => ({ at: null, grid: null, region: null, address: '', label: '' })

export function emptyReport(now = Date.now()): ReportForm {
  return {
    id: uuid7(now), matter: '', condition: '', title: '', description: '', place: noPlace(), occurredAt: chinaLocal(now),
    attachments: [], reporterName: '', reporterPhone: '', confidential: false,
  }
}

/** Codes of townships and above end in zeros. */
export const isVillage = (region: string | null): boolean => region !== null && !region.endsWith('000')

export function locationOf(place: ChosenPlace): CaseLocation | null {
  // A draft of an earlier version has no address.
  const text = (place.address ?? '').trim()
  const address = text ? { address: text } : {}
  if (place.at) {
    const { lon, lat } = place.at
    return { lon, lat, crs: 'WGS84', source: place.source ?? 'map', ...(place.accuracy ? { accuracy: place.accuracy } : {}), ...address }
  }
  if (place.grid) return { grid: place.grid, ...address }
  return place.region ? { region: place.region, ...address } : null
}

/** Enough to look for duplicates, or null. */
export function draftOf(form: ReportForm): CaseDraft | null {
  const location = locationOf(form.place)
  if (!form.matter || !location) return null
  return { matter: form.matter, title: form.title, description: form.description, location, occurredAt: chinaRfc3339(form.occurredAt) }
}

export function reportOf(form: ReportForm): CaseReport | null {
  const draft = draftOf(form)
  if (!draft) return null
  const name = form.reporterName.trim()
  const phone = form.reporterPhone.trim()
  return {
    ...draft,
    id: form.id,
    title: form.title.trim(),
    description: form.description.trim(),
    attachments: form.attachments.map((one) => one.id),
    ...(form.condition ? { condition: form.condition } : {}),
    ...(form.confidential ? { confidential: true } : {}),
    ...(name || phone ? { reporter: { name, ...(phone ? { phone } : {}) } } : {}),
  }
}

export function isBlank(form: ReportForm): boolean {
  return !form.matter && !form.title && !form.description && !locationOf(form.place) && form.attachments.length === 0
}

/** Digits with +, -, brackets and blanks, 5 to 20 of them, and an extension: mobile numbers, landlines, service numbers. */
function isPhone(text: string): boolean {
  const parts = /^(\+?[\d() -]+)(?:(?:\u8f6c|ext\.?|x|#) *\d{1,6})?$/i.exec(text.normalize('NFKC'))
  const digits = parts?.[1]?.replace(/\D/g, '').length ?? 0
  return digits >= 5 && digits <= 20
}

export type ReportProblem = 'matter' | 'title' | 'place' | 'address' | 'phone' | 'occurredAt'

export interface ReportNeeds {
  /** The matter has a place. */
  place: boolean
  /** A resident whose account has no phone is asked for one. */
  phone: boolean
}

export function reportProblems(form: ReportForm, needs: ReportNeeds, now = Date.now()): ReportProblem[] {
  const found: ReportProblem[] = []
  if (!form.matter) found.push('matter')
  if (!form.title.trim()) found.push('title')
  const { at, grid, region, address } = form.place
  if (!at && !grid && (needs.place ? !isVillage(region) : !region)) found.push('place')
  else if (needs.place && !at && !grid && !(address ?? '').trim()) found.push('address')
  if (!form.occurredAt || Date.parse(chinaRfc3339(form.occurredAt)) > now + 60_000) found.push('occurredAt')
  const phone = form.reporterPhone.trim()
  if (phone ? !isPhone(phone) : needs.phone) found.push('phone')
  return found
}
