/** A stand-in for the server on 127.0.0.1:8080: the contract's shapes over made-up data, and dist/ under the real content policy. */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import * as data from './data.mjs'
import { traceRoutes } from './trace.mjs'

const dist = new URL('../dist/', import.meta.url).pathname
const policy = "default-src 'self'; img-src 'self' blob: data: https://*.tianditu.gov.cn; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' https://*.tianditu.gov.cn"
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' }
const people = [['dispatcher1', '王派遣', 'dispatcher'], ['admin', '李管理', 'administrator'], ['grid1', '林小网', 'grid_worker'], ['audit1', '周审计', 'auditor'], ['safe1', '吴安全', 'security_officer'], ['operator1', '陈受理', 'operator']]
let signedIn = process.env.MOCK_SIGNED_IN ?? ''
let acted = 0

const roleName = (code) => data.roles.find((one) => one.code === code)?.name
const post = (role, n) => ({ id: `${role}-${n}`, role, roleName: roleName(role), region: '350302000000', regionName: '城厢区', grid: null, department: null, departmentName: null, from: '2026-01-01T00:00:00+08:00', until: null })
function me() {
  const [account, name, role] = people.find(([one]) => one === signedIn) ?? people[0]
  const posts = [post(role, 1), post('grid_leader', 2)]
  const desk = !['auditor', 'security_officer'].includes(role)
  return {
    account, name, post: posts[0], posts, csrfToken: 'token', expiresAt: '2026-12-31T00:00:00+08:00', demo: true, totp: false, totpRequired: false,
    permissions: { report: desk, matterRead: true, readCases: desk, readMap: desk, readCounters: desk, attach: desk, managePeople: role === 'administrator', confirmPeople: ['administrator', 'security_officer', 'auditor'].includes(role), manageJobs: role === 'administrator', manageSecurity: role === 'security_officer', readTrace: role === 'auditor', proposeErasure: role === 'operator', decideErasure: role === 'security_officer' },
    demoAccounts: people.map(([a, n, r]) => ({ account: a, name: n, role: r, roleName: roleName(r), regionName: '城厢区' })),
  }
}

const page = (items, url, size = 50) => {
  const start = Number(url.searchParams.get('cursor') ?? 0)
  const limit = Number(url.searchParams.get('limit') ?? size)
  return { items: items.slice(start, start + limit), next: start + limit < items.length ? String(start + limit) : null }
}
const problem = (status, code, extra = {}) => ({ status, body: { type: 'about:blank', title: code, status, code, ...extra } })
const byId = (id) => data.cases.find((one) => one.id === id || one.number === id)
const grids = (under) => {
  const key = (under ?? '').replace(/0+$/, '')
  return { type: 'FeatureCollection', features: data.grids.filter((one) => one.properties.code.startsWith(key)) }
}

function caseList(url) {
  const state = url.searchParams.get('state')?.split(',')
  const mine = url.searchParams.get('mine')
  const q = url.searchParams.get('q')
  const found = data.cases.filter((one) => (!state || state.includes(one.state)) && (!mine || !one.closedAt) && (!q || one.title.includes(q)))
  return page(mine ? found.slice(0, 14) : found, url)
}

function mapCases(url) {
  const far = Number(url.searchParams.get('zoom')) < 11
  const state = url.searchParams.get('state')?.split(',')
  const found = data.cases.filter((one) => !state || state.includes(one.state))
  const at = (lon, lat, properties) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties })
  if (far) return { type: 'FeatureCollection', features: [at(118.95, 25.42, { cluster: true, count: 40 }), at(119.05, 25.5, { cluster: true, count: found.length - 40 })] }
  return { type: 'FeatureCollection', features: found.map((one) => at(one.location.lon, one.location.lat, { id: one.id, number: one.number, state: one.state, matter: one.matter.code, alert: one.alert, title: one.title })) }
}

function act(item) {
  acted += 1
  if (acted % 2 === 1) return problem(409, 'version_conflict', { current: { ...data.detail(item), version: 9, state: 'handling', stateName: data.states[3].name }, detail: '别人刚刚处理过此案。' })
  return data.detail({ ...item, version: 10 })
}

const duplicates = () => ({ items: data.cases.slice(6, 8).map((one, n) => ({ case: one, distance: 18.4 + n * 20, similarity: 0.72, hoursApart: 2.5 + n, attachments: [data.attachment('d', n * 90)] })) })
const counters = (url) => {
  const rows = { state: data.states.map((one) => [one.code, one.name]), matter: data.matters.map((one) => [one.code, one.name]), department: [['urban', { zh: '城市管理局', en: 'Urban management' }], ['', null]], region: data.regions.filter((one) => one.parent === (url.searchParams.get('region') ?? '350302000000')).map((one) => [one.code, { zh: one.name, en: one.name }]) }
  return { items: rows[url.searchParams.get('by')].map(([key, name], n) => ({ key, name, total: 90 - n * 7, open: 30 - n * 2, overdue: n % 3, closed: 60 - n * 5 })), asOf: new Date().toISOString() }
}
const person = ([account, name, role], n) => ({ account, name, phone: '138****000' + n, posts: [post(role, 1)], locked: n === 2 })

const routes = [
  ['GET', /^\/meta$/, () => ({ name: { zh: '易治', en: 'Yizhi' }, version: '0.1.0', demo: true, languages: ['zh-CN', 'en'], baseMap: { kind: 'none' }, roles: data.roles, states: data.states, uploads: { types: ['image/jpeg', 'image/png', 'image/webp', 'video/mp4', 'video/quicktime'], bytesMax: 50 * 1024 * 1024 } })],
  ['POST', /^\/session$/, (_m, _u, body) => signIn(body)],
  ['POST', /^\/session\/link$/, (_m, _u, body) => (body.token === 'good' ? { ...((signedIn = 'dispatcher1'), me()), goto: `/cases/${data.cases[0].number}` } : problem(401, 'wrong_credentials', { detail: '链接已失效。' }))],
  ['POST', /^\/session\/demo$/, (_m, _u, body) => ((signedIn = body.account), me())],
  ['PUT', /^\/session\/post$/, () => me()],
  ['DELETE', /^\/session$/, () => ((signedIn = ''), null)],
  ['GET', /^\/me$/, () => me()],
  ['POST', /^\/me\/totp$/, () => ({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://', qr: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>' })],
  ['GET', /^\/regions$/, (_m, url) => {
    const q = url.searchParams.get('q')
    const parent = url.searchParams.get('parent')
    return page(data.regions.filter((one) => (q ? one.name.includes(q) || one.code.startsWith(q) : parent ? one.parent === parent : one.code === '350302000000')), url, 200)
  }],
  ['GET', /^\/regions\/(\d+)$/, ([, code]) => {
    const found = data.regions.find((one) => one.code === code)
    const up = (one) => { const parent = data.regions.find((other) => other.code === one.parent); return parent ? [...up(parent), parent] : [] }
    return found ? { ...found, ancestors: up(found) } : problem(404, 'not_found')
  }],
  ['GET', /^\/regions\/(\d+)\/outline$/, ([, code]) => (code === '350302000000' ? data.outline : problem(404, 'not_found'))],
  ['GET', /^\/grids$/, (_m, url) => grids(url.searchParams.get('region'))],
  ['GET', /^\/grids\/locate$/, (_m, url) => {
    const [lon, lat] = [Number(url.searchParams.get('lon')), Number(url.searchParams.get('lat'))]
    const hit = data.grids.find(({ geometry: { coordinates: [[a, , c]] } }) => lon >= a[0] && lon < c[0] && lat >= a[1] && lat < c[1])
    return hit ? { grid: hit.properties, regions: data.regions.slice(0, 4), people: [{ account: 'grid1', name: '林小网', role: 'grid_worker', roleName: roleName('grid_worker'), phone: '138****0001' }] } : problem(404, 'outside')
  }],
  ['GET', /^\/grids\/search$/, (_m, url) => ({ items: data.grids.filter((one) => one.properties.name.includes(url.searchParams.get('q'))).slice(0, 8).map((one) => ({ kind: 'grid', code: one.properties.code, name: one.properties.name, regionName: one.properties.villageName, center: null })) })],
  ['GET', /^\/matters$/, (_m, url) => page(data.matters.filter((one) => JSON.stringify(one).includes(url.searchParams.get('q') ?? '')), url)],
  ['GET', /^\/matters\/(.+)$/, ([, code]) => data.matters.find((one) => one.code === code)],
  ['GET', /^\/departments$/, () => ({ items: [{ code: 'urban', name: { zh: '城市管理局', en: 'Urban management' }, people: 4 }] })],
  ...traceRoutes,
  ['GET', /^\/cases$/, (_m, url) => caseList(url)],
  ['POST', /^\/cases\/duplicates$/, duplicates],
  ['POST', /^\/cases$/, (_m, _u, body) => ({ ...data.detail(data.cases[0]), id: body.id, title: body.title })],
  ['GET', /^\/cases\/([^/]+)\/timeline$/, () => ({ items: data.timeline })],
  ['GET', /^\/cases\/([^/]+)\/duplicates$/, duplicates],
  ['POST', /^\/cases\/([^/]+)\/actions\/(.+)$/, ([, id]) => act(byId(id))],
  ['GET', /^\/cases\/([^/]+)$/, ([, id]) => (byId(id) ? data.detail(byId(id)) : problem(404, 'not_found', { detail: '没有这个案件，或者不在您的管辖范围内。' }))],
  ['POST', /^\/attachments$/, () => data.attachment(String(Math.floor(Math.random() * 1000)), 300)],
  ['GET', /^\/counters$/, (_m, url) => counters(url)],
  ['GET', /^\/map\/cases$/, (_m, url) => mapCases(url)],
  ['GET', /^\/people$/, () => ({ items: people.map(person), next: null })],
  ['POST', /^\/people/, () => person(people[0], 0)],
  ['GET', /^\/admin\/jobs$/, () => ({ items: [{ id: 'j1', kind: 'notify.sms', state: 'dead', error: '短信网关无响应（连接超时）', attempts: 8, createdAt: new Date().toISOString() }], next: null })],
]

function signIn(body) {
  if (body.account === 'locked') return problem(429, 'locked_out')
  if (body.password !== 'demo') return problem(401, 'wrong_credentials', { detail: '账号或密码不对。' })
  if (body.account === 'admin' && !body.totp) return problem(401, 'totp_required')
  signedIn = body.account
  return me()
}

const open = /^\/(meta|session.*)$/

function answer(request, url, body) {
  const path = url.pathname.slice('/api/v1'.length)
  if (!signedIn && !open.test(path)) return problem(401, 'no_session')
  for (const [method, pattern, give] of routes) {
    const match = method === request.method && pattern.exec(path)
    if (match) return give(match, url, body)
  }
  return request.method === 'GET' ? problem(404, 'not_found') : null
}

function send(response, result) {
  const status = result?.body ? result.status : result === null ? 204 : 200
  const retry = status === 429 ? { 'Retry-After': '25' } : {}
  if (typeof result === 'string') return response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' }).end(result)
  response.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json', 'Content-Security-Policy': policy, ...retry })
  response.end(result === null ? undefined : JSON.stringify(result?.body ?? result))
}

function file(response, path) {
  const wanted = join(dist, { '/api/docs': 'api-docs/index.html', '/verify': 'verify/index.html' }[path] ?? path)
  const real = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(dist, 'index.html')
  response.writeHead(200, { 'Content-Type': types[extname(real)] ?? 'application/octet-stream', 'Content-Security-Policy': policy })
  createReadStream(real).pipe(response)
}

createServer(async (request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1')
  if (url.pathname === '/api/v1/live') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write('event: ping\ndata: {}\n\n')
    return
  }
  if (url.pathname === '/api/openapi.json') return send(response, { openapi: '3.1.0', info: { title: '易治', version: '0.1.0' }, paths: { '/api/v1/meta': { get: { summary: '平台信息', responses: { 200: { description: 'OK' } } } } } })
  if (!url.pathname.startsWith('/api/v1')) return file(response, url.pathname)
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const raw = Buffer.concat(chunks).toString()
  send(response, answer(request, url, raw.startsWith('{') ? JSON.parse(raw) : {}))
}).listen(Number(process.env.MOCK_PORT ?? 8080), '127.0.0.1')
