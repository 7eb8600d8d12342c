// Starts a server once and prints one line of JSON: milliseconds until /readyz says 200, memory then, after the requests and at most, and how long each kind of
// /regions took, in milliseconds.
//
//   measure.mjs PROGRAM DATA TOKEN_FILE [--database-url URL]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const [program, data, tokenFile, ...options] = process.argv.slice(2)
const EACH = 40
const asked = {
  top: '/regions',
  children: '/regions?parent=350302000000',
  provinces_children: '/regions?parent=350000000000',
  one: '/regions/350302001201',
  word: `/regions?q=${encodeURIComponent('龙桥')}`,
  initials: '/regions?q=lqj',
  common: `/regions?q=${encodeURIComponent('村')}`,
  absent: `/regions?q=${encodeURIComponent('没有这个地方')}`,
}

const listener = createServer().listen(0, '127.0.0.1')
await once(listener, 'listening')
const { port } = listener.address()
listener.close()
await once(listener, 'close')

const log = openSync(`${data}.serve.log`, 'a')
const began = performance.now()
const server = spawn(program, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--rate', '1000000', ...options], { stdio: ['ignore', log, log] })
const base = `http://127.0.0.1:${port}`
while (!(await fetch(`${base}/readyz`).then(answer => answer.ok, () => false))) {
  if (server.exitCode !== null) throw new Error(readFileSync(`${data}.serve.log`, 'utf8'))
  await sleep(2)
}
const ready = performance.now() - began

const memory = field => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024
const resident = memory('VmRSS')

const headers = { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` }
const latency = {}
const found = {}
for (const [name, path] of Object.entries(asked)) {
  const times = []
  for (let i = 0; i < EACH; i++) {
    const sent = performance.now()
    const answer = await fetch(`${base}/api/v1${path}`, { headers })
    const body = await answer.text()
    times.push(performance.now() - sent)
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body}`)
    found[name] = JSON.parse(body).items?.length ?? 1
  }
  latency[name] = times.sort((a, b) => a - b)[EACH / 2]
}
const after = memory('VmRSS')
const most = memory('VmHWM')
server.kill('SIGTERM')
await once(server, 'exit')
console.log(JSON.stringify({ ready, resident, after, most, latency, found }))
