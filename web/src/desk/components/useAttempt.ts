/**
 * A request that is sent again after a lost answer is the same request: same key, same body, so that it happens once. What
 * was changed in between, or refused, is a new one.
 */
import { asApiError } from '@/api/problem'
import { uuid7 } from '@/shared/uuid7'

interface Sent<B> {
  key: string
  /** What the person asked for; the version a page has seen is not part of it. */
  asked: string
  body: B
}

/** Whether the answer said nothing about what became of the request. */
const isOpen = (status: number) => status === 0 || status === 429 || status >= 500

export function useAttempt<B extends object>() {
  let open: Sent<B> | null = null

  async function send<R>(asked: unknown, body: B, call: (body: B, key: string) => Promise<R>): Promise<R> {
    const text = JSON.stringify(asked)
    const now: Sent<B> = open?.asked === text ? open : { key: uuid7(), asked: text, body }
    open = now
    try {
      const answer = await call(now.body, now.key)
      open = null
      return answer
    } catch (error) {
      if (!isOpen(asApiError(error).status)) open = null
      throw error
    }
  }

  return { send }
}
