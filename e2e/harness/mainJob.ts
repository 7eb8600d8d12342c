/** The life of a case over the API, up to a state: what a test needs before its own part begins. */
import { personFor, accounts, covers, type DemoAccount } from './accounts.ts'
import type { Api, CaseBody } from './api.ts'

export type Sessions = (person: DemoAccount, role: string) => Promise<Api>

/** Catering fumes: the matter of the demo's own case. */
export const fumes = 'event-0194'

/** The person who holds the case's open assignment in a role. */
export function holderOf(body: CaseBody, role: string): DemoAccount {
  const held = body.assignments.find((one) => one.role === role && !one.leftAt)
  if (!held) throw new Error(`${body.number} in ${body.state} is not held by any ${role}`)
  const found = accounts().find((one) =>
    one.posts.some((post) => post.role === role && post.region === held.region && post.department === held.department),
  )
  if (!found) throw new Error(`no demo account holds ${role} of ${held.region} ${held.department ?? ''}`)
  return found
}

/** A department that the case may be dispatched to and that has a handler in the demo. */
export function handledBy(body: CaseBody): { department: string; person: DemoAccount } {
  const offered = body.actions.find((one) => one.code === 'dispatch')?.targets ?? []
  for (const { department } of offered) {
    if (!department) continue
    const person = accounts().find((one) =>
      one.posts.some((post) => post.role === 'department_handler' && post.department === department && covers(post.region, body.region.code)),
    )
    if (person) return { department, person }
  }
  throw new Error(`${body.number}: no offered department has a handler in the demo`)
}

export async function verified(sessions: Sessions, body: CaseBody): Promise<CaseBody> {
  const api = await sessions(personFor('grid_worker', body.region.code), 'grid_worker')
  return api.act(body.id, 'verify', { note: '现场看过。', data: { found: true } })
}

export async function registered(sessions: Sessions, body: CaseBody): Promise<CaseBody> {
  const api = await sessions(holderOf(body, 'operator'), 'operator')
  return api.act(body.id, 'register')
}
