// What all attacks are made from: so many connections, each sending the next request when the last is answered.
import { Wire, sleep } from '../wire.mjs'

/**
 * Keeps `connections` busy until the attack is over. `next(i, n, wire)` gives the n-th request of connection i as arguments of `Wire.request`, or sends
 * for itself and gives nothing.
 */
export async function flood(context, connections, next) {
  const { port, signal, tally } = context
  const one = async i => {
    const wire = new Wire(port)
    signal.addEventListener('abort', () => wire.close(), { once: true })
    for (let n = 0; !signal.aborted; n++) {
      try {
        const request = await next(i, n, wire)
        if (!request) continue
        const answer = await wire.request(...request)
        tally(answer.status)
      } catch (error) {
        if (signal.aborted) return
        if (error.message !== 'closed' && !error.code) throw error
        tally(error.code ?? 'closed')
        await sleep(50, signal)
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, i) => one(i)))
}

/** A number that no other call gave, for names, keys and paths that nobody sent before. */
let count = 0
export const unique = () => `${process.pid.toString(36)}${(count++).toString(36)}`

/** An address that no other request comes from, as a proxy would tell it. */
export const address = n => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`

export const json = { 'content-type': 'application/json' }
export const as = who => ({ cookie: who.cookie })
export const posting = who => ({ cookie: who.cookie, ...json })
