/** What the numbers of the ledger mean: how far the newest records have come, and where they are held up. */
import type { LedgerState, Witness } from '@/api/types'

/** done: nothing waits here; going: on its way; stuck: here it does not go on. */
export type Going = 'done' | 'going' | 'stuck'

export type StageName = 'written' | 'integrated' | 'witnessed' | 'published'

export interface Stage {
  name: StageName
  going: Going
}

/** A witness has signed the newest checkpoint that it was asked about. */
export const signs = (witness: Witness): boolean => witness.refusal === null && witness.cosignedAt !== null

export const signed = ({ witnesses }: LedgerState): number => witnesses.filter(signs).length

/** The four stages of a record, in order. Held up at one, it cannot have come to the next. */
export function stages(state: LedgerState): Stage[] {
  const behind = state.behindSince !== null || state.published < state.size
  if (state.fault) return at('integrated', 'stuck')
  if (!behind) return at('published', 'done')
  return signed(state) < state.quorum ? at('witnessed', state.overdue ? 'stuck' : 'going') : at('published', state.overdue ? 'stuck' : 'going')
}

const order: StageName[] = ['written', 'integrated', 'witnessed', 'published']

function at(here: StageName, going: Going): Stage[] {
  const place = order.indexOf(here)
  return order.map((name, index) => ({ name, going: index < place ? 'done' : index === place ? going : going === 'done' ? 'done' : 'going' }))
}

/** What to do first when evidence is overdue. */
export type Remedy = 'fault' | 'refused' | 'silent' | 'publish'

export function remedy(state: LedgerState): Remedy {
  if (state.fault) return 'fault'
  if (signed(state) >= state.quorum) return 'publish'
  return state.witnesses.some((one) => one.refusal !== null) ? 'refused' : 'silent'
}
