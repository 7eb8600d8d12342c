/** What the stand-in answers about the ledger, looks and erasures. MOCK_LEDGER=overdue holds the evidence up. */
import { readFileSync } from 'node:fs'

const vectors = new URL('../../crates/ledger/tests/vectors/ours/', import.meta.url)
const receipt = () => readFileSync(new URL('case.tlog-proof', vectors), 'utf8')
const ago = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()
const text = (zh, en) => ({ zh, en })
const overdue = () => process.env.MOCK_LEDGER === 'overdue'

const ledger = () => ({
  size: 18_452 + (Math.floor(Date.now() / 1000) % 1000), published: overdue() ? 18_201 : 18_452 + (Math.floor(Date.now() / 1000) % 1000), publishedAt: ago(overdue() ? 700 : 2), behindSince: overdue() ? ago(690) : null, clockBehindSeconds: 0,
  overdue: overdue(), overdueAfterSeconds: 60, gates: true, quorum: 2, origin: 'chengxiang.example/ledger', fault: null,
  witnesses: [
    { name: 'court.example/witness', cosignedAt: ago(2), refusal: null },
    { name: 'law-school.example/witness', cosignedAt: overdue() ? ago(700) : ago(3), refusal: overdue() ? '409: it knows another root at size 18201' : null },
    { name: 'neighbour-county.example/witness', cosignedAt: null, refusal: null },
  ],
})

const purposes = [
  { code: 'contact_reporter', name: text('联系反映人核实情况、反馈结果', 'Contact the reporter to verify or to tell the outcome'), basis: text('《个人信息保护法》第三十四条', 'Personal Information Protection Law, art. 34'), kinds: ['unmask'] },
  { code: 'emergency', name: text('紧急情况下保护生命健康和财产安全', 'Protect life, health or property in an emergency'), basis: text('《个人信息保护法》第十三条第一款第四项', 'Personal Information Protection Law, art. 13(1)(4)'), kinds: ['unmask'] },
  { code: 'supervise', name: text('督查督办', 'Supervise and press for overdue work'), basis: text('《数据安全法》第三十八条', 'Data Security Law, art. 38'), kinds: ['export', 'read'] },
]

const looks = Array.from({ length: 37 }, (_, n) => ({
  seq: 18_440 - n * 31, at: ago(60 + n * 5000), kind: ['unmask', 'export', 'read', 'looks'][n % 4], actor: { account: `operator${n % 3}`, name: ['陈受理', '郭核查', '周审计'][n % 3] },
  post: { role: 'operator', roleName: text('受理员', 'Operator'), regionName: '龙桥街道' }, purpose: n % 4 === 3 ? null : purposes[n % 3], case: n % 2 === 0 ? { id: 'x', number: `350302-20261122-${String(n + 1).padStart(4, '0')}` } : null,
  fields: n % 4 === 0 ? ['reporter.name', 'reporter.phone'] : [], rows: n % 4 === 1 ? 1240 + n : null, filter: n % 4 === 1 ? 'state=handling&region=350302001000&since=2026-11-01T00:00:00+08:00' : null,
}))

const erasure = (state, n) => ({
  id: `e${n}`, case: { id: 'x', number: `350302-20261122-000${n}` }, fields: ['reporter', 'note:2', 'attachment:019ab000-0000-7000-8000-000000000001'], authorisedBy: { id: 'y', number: '350302-20261121-0007' },
  reason: '当事人依据《个人信息保护法》第四十七条申请删除，经审核符合条件。', state, proposedBy: { account: 'operator1', name: '陈受理' }, proposedAt: ago(4000 * n), decidedBy: state === 'proposed' ? null : { account: 'safe1', name: '吴安全' }, decidedAt: state === 'proposed' ? null : ago(300),
})

export const traceRoutes = [
  ['GET', /^\/ledger$/, ledger],
  ['GET', /^\/purposes$/, () => ({ items: purposes })],
  ['GET', /^\/looks$/, (_m, url) => ({ items: url.searchParams.get('account') ? [] : looks, next: null, keptUntilMonths: 6 })],
  ['GET', /^\/looks\/export$/, () => '\ufeffseq,at\n'],
  ['GET', /^\/looks\/\d+\/receipt$/, receipt],
  ['GET', /^\/cases\/export$/, () => '\ufeffnumber,title\n'],
  ['GET', /^\/cases\/[^/]+\/receipts\/\d+$/, receipt],
  ['POST', /^\/cases\/[^/]+\/unmask$/, () => ({ fields: { 'reporter.name': '陈小明', 'reporter.phone': '13800000001' } })],
  ['GET', /^\/cases\/[^/]+\/erasures$/, () => ({ items: [erasure('done', 1)] })],
  ['POST', /^\/cases\/[^/]+\/erasures$/, () => erasure('proposed', 2)],
  ['GET', /^\/erasures$/, (_m, url) => ({ items: [1, 2].map((n) => erasure(url.searchParams.get('state'), n)), next: null })],
  ['POST', /^\/erasures\/[^/]+\/confirm$/, () => erasure('done', 1)],
  ['POST', /^\/erasures\/[^/]+\/refuse$/, () => erasure('refused', 1)],
]
