// The people whose lists are timed: each load is due at a fixed moment and timed from that moment, whether or not those before it were answered.
import http from 'node:http'

let port, sessions, loads
const agents = new Map()

function load({ cookie, path, fresh }) {
  if (!agents.has(cookie)) agents.set(cookie, new http.Agent({ keepAlive: true, maxSockets: 6 }))
  return new Promise(resolve => {
    const headers = { cookie, 'accept-encoding': 'gzip' }
    const request = http.get({ host: '127.0.0.1', port, path, headers, agent: fresh ? false : agents.get(cookie), timeout: 60_000 }, answer => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode))
      answer.on('error', () => resolve('broken'))
    })
    request.on('timeout', () => request.destroy(new Error('timeout')))
    request.on('error', error => {
      // A kept connection may be closed by the server just as it is used again: a browser then asks once more.
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve(load({ cookie, path, fresh: true }))
      else resolve(error.code ?? error.message)
    })
  })
}

let turn = 0
async function measure(seconds, rate) {
  const started = performance.now()
  const all = []
  for (let n = 0; n < seconds * rate; n++) {
    const due = started + (n * 1000) / rate
    const wait = due - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    const mine = turn++
    const one = { cookie: sessions[mine % sessions.length], path: loads[mine % loads.length], fresh: mine % 4 === 3 }
    all.push(load(one).then(status => ({ status, ms: performance.now() - due })))
  }
  return Promise.all(all)
}

process.on('disconnect', () => process.exit())
process.on('message', async message => {
  if (message.people) ({ port, sessions, loads } = message.people)
  else process.send(await measure(message.seconds, message.rate))
})
