/** Where a post starts its day: at what waits for it, else at a page that has something to see. */
import { proposalList } from '@/api/admin'
import { caseList } from '@/api/cases'
import { erasureList } from '@/api/erasures'
import type { CaseFilter, Me } from '@/api/types'
import { firstRoom, mayEnter } from './rooms'

const anyCase = async (query: CaseFilter): Promise<boolean> => (await caseList({ ...query, limit: 1 })).items.length > 0
const anyProposal = async (): Promise<boolean> => (await proposalList(true)).items.some((one) => one.confirmable)
const anyErasure = async (): Promise<boolean> => (await erasureList('proposed')).items.length > 0

/** Without an answer of the server the first room has to do: it says what is wrong, and tries again. */
export async function startPage(me: Me): Promise<string> {
  try {
    return await (mayEnter(me, 'cases') ? amongCases(me) : amongDecisions(me))
  } catch {
    return firstRoom(me)
  }
}

async function amongCases(me: Me): Promise<string> {
  if (await anyCase({ mine: 'true' })) return '/tasks'
  if (mayEnter(me, 'overview')) return '/overview'
  if (mayEnter(me, 'map')) return '/map'
  if (me.resident && (await anyCase({ mine: 'reported' }))) return '/tasks'
  return !mayEnter(me, 'report') || (await anyCase({})) ? '/cases' : '/report'
}

async function amongDecisions(me: Me): Promise<string> {
  const { confirmPeople, decideErasure } = me.permissions
  if (confirmPeople && (await anyProposal())) return '/people'
  if (decideErasure && (await anyErasure())) return '/erasures'
  return decideErasure && mayEnter(me, 'people') ? '/people' : firstRoom(me)
}
