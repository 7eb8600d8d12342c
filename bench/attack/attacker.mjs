// The process of one attack: told what to do, it does it until it is told to stop, then says what it was answered.
import { attacks } from './attacks/index.mjs'

process.on('disconnect', () => process.exit())
process.on('message', async message => {
  if (message.stop) return over.abort()
  const tally = {}
  const context = { ...message.context, signal: over.signal, tally: what => (tally[what] = (tally[what] ?? 0) + 1) }
  let fault = null
  await attacks[message.attack].run(context).catch(error => (fault = `${error.stack}`))
  process.send({ tally, fault }, () => process.exit(0))
})
const over = new AbortController()
// Each open connection listens for the end.
import('node:events').then(({ setMaxListeners }) => setMaxListeners(0, over.signal))
