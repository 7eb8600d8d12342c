// Plays the rounds: starts people and attackers, reads what the kernel says about the server, writes one line of JSON for each attack and round.
import { fork } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { attacks } from './attacks/index.mjs'
import { Wire, sleep } from './wire.mjs'

const text = { type: 'string' }
const { values } = parseArgs({
  options: { port: text, server: text, accounts: text, database: text, rounds: text, seconds: text, only: text, results: text, list: { type: 'boolean' } },
})
if (values.list) {
  for (const [name, { about }] of Object.entries(attacks)) console.log(`${name.padEnd(20)} ${about}`)
  process.exit(0)
}
const [port, server, rounds, seconds] = [values.port, values.server, values.rounds, values.seconds].map(Number)
const names = values.only ? values.only.split(',') : Object.keys(attacks)
const unknown = names.filter(name => !attacks[name])
if (unknown.length) {
  console.error(`no such attack: ${unknown}; run.sh --list`)
  process.exit(2)
}
/** Loads a second of all people together. */
const RATE = 40
/** How much lower the attackers' priority is: what is measured is how the server shares itself out, not how a client takes its core away. */
const NICE = 10

const wire = new Wire(port)
let last = Promise.resolve()
/** One request after another: the wire carries one at a time. */
function ask(...request) {
  last = last.then(() => patiently(...request))
  return last
}
async function patiently(method, path, headers, body) {
  for (let tries = 0; ; tries++) {
    try {
      return await wire.request(method, path, headers, body)
    } catch (error) {
      if (tries > 600 || !existsSync(`/proc/${server}`)) throw new Error('the server is gone, or does not answer', { cause: error })
      await sleep(200)
    }
  }
}
const read = async (path, who) => {
  const answer = await ask('GET', path, { cookie: who.cookie })
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`)
  return JSON.parse(answer.body)
}

while ((await ask('GET', '/readyz')).status !== 200) await sleep(200)
const accounts = JSON.parse(readFileSync(values.accounts, 'utf8'))
const holders = role => accounts.filter(one => one.posts.some(post => post.role === role))
async function signedIn(account) {
  const answer = await ask('POST', '/api/v1/session/demo', { 'content-type': 'application/json' }, JSON.stringify({ account }))
  const cookie = /\r\nset-cookie: (\w*yizhi_session=[^;]*)/i.exec(answer.head)
  if (!cookie) throw new Error(`${account} cannot sign in: ${answer.status} ${answer.body}`)
  return { account, cookie: cookie[1] }
}

// Whose lists are timed, and who attacks: never the same person.
const roles = ['operator', 'grid_worker', 'grid_leader', 'leader', 'dispatcher', 'verifier', 'department_handler', 'citizen']
const people = await Promise.all(roles.map(role => holders(role).at(-1).account).map(signedIn))
const loads = ['/api/v1/cases', '/api/v1/cases?mine=true', '/api/v1/map/cases?bbox=100,20,130,40', '/api/v1/cases?sort=due&overdue=true', '/api/v1/counters?by=state']
const seen = await Promise.all(people.map(who => Promise.all(loads.map(path => ask('GET', path, { cookie: who.cookie })))))
const refused = seen.flatMap((answers, i) => answers.flatMap((answer, k) => (answer.status === 200 ? [] : [`${roles[i]} ${loads[k]}: ${answer.status}`])))
const timed = loads.filter((_, k) => seen.every(answers => answers[k].status === 200))
if (refused.length) console.log(`  not timed: ${refused.join(', ')}`)

const operator = await signedIn(holders('operator')[0].account)
const citizen = await signedIn(holders('citizen')[0].account)
const sessions = await Promise.all(Array.from({ length: 20 }, () => signedIn(operator.account)))
const matters = (await read('/api/v1/matters', operator)).items
const purposes = (await read('/api/v1/purposes', operator)).items
const region = holders('operator')[0].posts[0].region
const { items: cases } = await read('/api/v1/cases?limit=200', operator)
const newest = Number(/"seq":(\d+)/.exec(JSON.stringify(cases))?.[1] ?? 20_000)
const placed = cases.find(one => one.location && one.grid)
const context = {
  port, operator, citizen, sessions, region, newest,
  matters: matters.map(one => one.code),
  matter: placed.matter.code,
  point: placed.location,
  grid: placed.grid,
  purpose: purposes.find(one => one.kinds.includes('export')).code,
  accounts: { citizen: citizen.account, all: accounts.map(one => one.account).filter(one => !people.some(who => who.account === one)) },
}

const status = name => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${server}/status`, 'utf8'))[1]) / 1024
/** Seconds of CPU that a process has taken. */
const cpu = pid => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const forgetPeak = () => writeFileSync(`/proc/${server}/clear_refs`, '5')

const watchers = fork(new URL('people.mjs', import.meta.url))
watchers.send({ people: { port, sessions: people.map(who => who.cookie), loads: timed } })
const measured = seconds =>
  new Promise(resolve => {
    watchers.once('message', resolve)
    watchers.send({ seconds, rate: RATE })
  })
function told(loads) {
  const times = loads.filter(one => one.status === 200).map(one => one.ms).sort((a, b) => a - b)
  const at = part => times[Math.min(times.length - 1, Math.floor(part * times.length))]
  const failed = loads.filter(one => one.status !== 200)
  return { p50: at(0.5), p95: at(0.95), max: times.at(-1), failed: failed.length, failures: [...new Set(failed.map(one => one.status))] }
}

async function attacked(name) {
  const before = cpu(server)
  const attacker = fork(new URL('attacker.mjs', import.meta.url))
  os.setPriority(attacker.pid, Math.min(19, os.getPriority() + NICE))
  const ended = new Promise(resolve => attacker.once('message', resolve))
  attacker.send({ attack: name, context })
  // What it opens at its beginning belongs to it: the clock of the people runs once it is under way.
  await sleep(1000)
  const loads = await measured(seconds)
  const burnt = { server: cpu(server) - before, attacker: cpu(attacker.pid) }
  attacker.send({ stop: true })
  return { during: told(loads), burnt, ...(await ended) }
}

/** Waits until the server does nothing for anybody any more. */
async function calm() {
  for (let quiet = 0; quiet < 3; ) {
    const before = cpu(server)
    await sleep(300)
    quiet = cpu(server) - before < 0.03 ? quiet + 1 : 0
  }
}

await measured(3)
for (let round = 1; round <= rounds; round++) {
  await calm()
  let quiet = told(await measured(seconds))
  for (const name of names) {
    forgetPeak()
    const wall = performance.now()
    const { during, burnt, tally, fault } = await attacked(name)
    const peak = status('VmHWM')
    const elapsed = (performance.now() - wall) / 1000
    const metrics = attacks[name].metrics ? (await ask('GET', '/metrics')).body.length : null
    await calm()
    const again = told(await measured(seconds))
    const result = { name, round, before: quiet, during, after: again, peak, rss: status('VmRSS'), burnt, elapsed, tally, fault, metrics, load: os.loadavg()[0] }
    appendFileSync(values.results, JSON.stringify(result) + '\n')
    const ms = value => value?.toFixed(1)
    console.log(`  ${round} ${name}: p95 ${ms(quiet.p95)} → ${ms(during.p95)} → ${ms(again.p95)} ms, failed ${during.failed} ${during.failures}, peak ${peak.toFixed(0)} MB, ` +
      `CPU server ${ms(burnt.server)} attacker ${ms(burnt.attacker)} of ${ms(elapsed)} s, answers ${JSON.stringify(tally)}${metrics ? `, /metrics ${metrics} bytes` : ''}${fault ? ` FAULT ${fault}` : ''}`)
    quiet = again
  }
}
watchers.kill()
wire.close()
