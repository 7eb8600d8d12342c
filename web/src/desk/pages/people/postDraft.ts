/** A post that is being given, as its form keeps it; the form opens again by itself when something was left in it. */
import type { Person } from '@/api/types'
import { draftFound, draftNames } from '@/shared/draft'

export interface PostDraft {
  id: string
  person: Person
  role: string
  region: string
  grid: string
  department: string
}

const begin = 'post.'
export const postDraft = (account: string): string => begin + account

/** Whose post was being given when the page was left. */
export function postLeftFor(account: string): Person | null {
  const kept = draftNames(account, begin).map((name) => draftFound<Partial<PostDraft>>(account, name))
  return kept.find((one) => one?.person)?.person ?? null
}
