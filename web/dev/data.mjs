/** Made-up places and cases for looking at the desk without the server. Nothing here is shipped. */
const text = (zh, en = zh) => ({ zh, en })
const iso = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19) + '+08:00'
const now = Date.now()
const hour = 3_600_000

export const states = [
  ['reported', '已上报', 'Reported', 'waiting'], ['pending_register', '待立案', 'To register', 'waiting'],
  ['pending_dispatch', '待派遣', 'To dispatch', 'waiting'], ['handling', '处置中', 'Being handled', 'active'],
  ['pending_check', '待核查', 'To check', 'waiting'], ['suspended', '已挂账', 'Suspended', 'paused'],
  ['closed', '已结案', 'Closed', 'done'], ['rejected', '不予立案', 'Rejected', 'refused'],
].map(([code, zh, en, tone]) => ({ code, name: text(zh, en), tone }))

export const roles = [
  ['administrator', '系统管理员', 'Administrator'], ['operator', '受理员', 'Operator'], ['dispatcher', '派遣员', 'Dispatcher'],
  ['grid_worker', '网格员', 'Grid worker'], ['grid_leader', '网格长', 'Grid leader'], ['department_handler', '部门经办人', 'Department handler'],
].map(([code, zh, en]) => ({ code, name: text(zh, en) }))

const villagesOf = ['拱辰社区', '文献社区', '梅峰社区', '英龙社区', '凤山社区', '太平村', '洋西村', '泗华村']
const townships = ['龙桥街道', '凤凰山街道', '霞林街道', '常太镇', '华亭镇', '灵川镇', '东海镇']
const region = (code, name, level, parent, lon, lat, children) => ({ code, name, level, parent, center: { lon, lat }, children })

export const regions = [
  region('350000000000', '福建省', 'province', null, 118.2, 26, 1),
  region('350300000000', '莆田市', 'city', '350000000000', 118.9, 25.45, 1),
  region('350302000000', '城厢区', 'county', '350300000000', 118.98, 25.42, townships.length),
]
const grids = []
townships.forEach((name, t) => {
  const code = `35030200${t + 1}000`
  const lon = 118.9 + (t % 3) * 0.08
  const lat = 25.36 + Math.floor(t / 3) * 0.07
  regions.push(region(code, name, 'township', '350302000000', lon + 0.04, lat + 0.035, villagesOf.length))
  villagesOf.forEach((village, v) => {
    const vcode = code.slice(0, 9) + String(v + 1).padStart(3, '0')
    const x = lon + (v % 4) * 0.02
    const y = lat + Math.floor(v / 4) * 0.035
    regions.push(region(vcode, village, 'village', code, x + 0.01, y + 0.0175, 0))
    for (let g = 0; g < 4; g += 1) {
      const gx = x + (g % 2) * 0.01
      const gy = y + Math.floor(g / 2) * 0.0175
      grids.push({
        type: 'Feature',
        geometry: { type: 'Polygon', coordinates: [[[gx, gy], [gx + 0.01, gy + 0.0008], [gx + 0.01, gy + 0.0175], [gx, gy + 0.0175], [gx, gy]]] },
        properties: { code: `${vcode}00${g + 1}`, name: `${village}第${g + 1}网格`, village: vcode, villageName: village, kind: 'basic', schematic: true, validFrom: '2026-01-01', version: 1 },
      })
    }
  })
})
export { grids }
export const outline = {
  type: 'Feature', properties: { code: '350302000000' },
  geometry: { type: 'Polygon', coordinates: [[[118.87, 25.35], [118.98, 25.33], [119.08, 25.35], [119.16, 25.4], [119.15, 25.5], [119.07, 25.58], [118.96, 25.6], [118.88, 25.55], [118.86, 25.45], [118.87, 25.35]]] },
}

const matterRows = [
  ['event-0110', '暴露垃圾', 'Exposed rubbish', '市容环境', 'City appearance'], ['event-0128', '商业噪音', 'Commercial noise', '市容环境', 'City appearance'],
  ['event-0129', '油烟扰民', 'Cooking fumes', '市容环境', 'City appearance'], ['event-0405', '店外经营', 'Trading outside the shop', '街面秩序', 'Street order'],
  ['event-0506', '道路积水', 'Flooded road', '突发事件', 'Sudden events'], ['component-0101', '上水井盖', 'Water manhole cover', '公用设施', 'Utilities'],
]
const limit = (value, unit) => ({ value, unit, counting: 'same_time', source: '某市处置标准' })
export const matters = matterRows.map(([code, zh, en, czh, cen]) => ({
  code, kind: code.split('-')[0], name: text(zh, en), category: text(czh, cen), categoryCode: code.slice(0, -2), department: 'urban', departmentName: text('城市管理局', 'Urban management'),
  sources: ['GB/T 30428.2'], scope: 'national', place: true, releasedAs: '1',
  procedure: 'incident', defaultCondition: 'a',
  conditions: [
    { id: 'a', name: text('一般', 'Ordinary'), limit: limit(4, 'working_hours'), closing: text('清理干净', 'Cleaned up'), source: '' },
    { id: 'b', name: text('严重', 'Serious'), limit: limit(1, 'working_days'), closing: text('恢复原状', 'Restored'), source: '' },
  ],
}))

const photo = (hue) => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="hsl(${hue} 30% 70%)"/><circle cx="320" cy="260" r="120" fill="hsl(${hue} 40% 45%)"/></svg>`)}`
export const attachment = (id, hue) => ({ id, name: `现场${id}.jpg`, mediaType: 'image/jpeg', bytes: 345678, erased: false, width: 640, height: 480, place: null, takenAt: iso(now - 5 * hour), url: photo(hue), thumbnailUrl: photo(hue) })

const titles = ['餐馆后门油烟直排，邻居反映', '垃圾桶旁堆放生活垃圾', '店外占道摆放桌椅', '夜间音响声音过大', '井盖破损有安全隐患', '路面积水影响通行']
const alerts = ['red', 'amber', 'none', 'none', 'paused', 'none']
export const actions = [
  { code: 'dispatch', name: text('派遣', 'Dispatch'), tone: 'primary', note: 'required', to: 'department', fields: null, targets: [{ department: 'urban', name: text('城市管理局', 'Urban management'), default: true }, { department: 'ecology', name: text('生态环境局', 'Ecology') }] },
  { code: 'extend', name: text('延期', 'Extend'), tone: 'neutral', note: 'required', to: 'none', targets: [], fields: { type: 'object', required: ['days', 'reason'], properties: {
    days: { type: 'integer', title: text('延长天数', 'Days'), minimum: 1, maximum: 30 },
    reason: { title: text('原因', 'Reason'), oneOf: [{ const: 'weather', title: text('天气', 'Weather') }, { const: 'parts', title: text('等待配件', 'Waiting for parts') }] },
    until: { type: 'string', format: 'date-time', title: text('预计完成', 'Expected') }, informed: { type: 'boolean', title: text('已告知反映人', 'Reporter informed') },
  } } },
  { code: 'reject', name: text('不予立案', 'Reject'), tone: 'danger', note: 'required', to: 'none', fields: null, targets: [] },
]
export const cases = Array.from({ length: 73 }, (_, n) => {
  const grid = grids[(n * 13) % grids.length].properties
  const township = regions.find((one) => one.code === grid.village.slice(0, 9) + '000')
  const [west, south] = grids[(n * 13) % grids.length].geometry.coordinates[0][0]
  const state = states[n % states.length]
  const closed = state.code === 'closed' || state.code === 'rejected'
  return {
    id: `019ab000-0000-7000-8000-${String(n).padStart(12, '0')}`, number: `350302-20261122-${String(n + 1).padStart(4, '0')}`, state: state.code, stateName: state.name, version: 3,
    matter: { code: matters[n % 6].code, name: matters[n % 6].name }, region: { code: grid.village, name: grid.villageName, path: ['福建省', '莆田市', '城厢区', township.name, grid.villageName] },
    grid: grid.code, location: { lon: west + 0.004, lat: south + 0.008 }, title: titles[n % titles.length], confidential: n === 4, erased: [], demo: true,
    occurredAt: iso(now - (n + 6) * hour), recordedAt: iso(now - (n + 5) * hour), closedAt: closed ? iso(now - hour) : null,
    dueAt: closed ? null : iso(now + (n - 2) * 1.7 * hour), overallDueAt: iso(now + 900 * hour), provisional: n === 3, alert: closed ? 'none' : alerts[n % 6], department: 'urban', departmentName: text('城市管理局', 'Urban management'), condition: 'a', duplicateOf: null,
  }
})
export function detail(item) {
  return {
    ...item, reporter: { name: '陈**', phone: '138****0001' }, reportedBy: null, description: '城厢区某街道沿街餐馆将油烟管道接到后门小巷，晚间营业时烟雾弥漫，楼上居民无法开窗。\n已多次协商未果。', data: { condition: 'a', channel: '群众反映' },
    attachments: [attachment('1', 20), attachment('2', 200), attachment('3', 120)],
    clocks: [
      { name: 'stage', label: text('处置', 'Handling'), from: iso(now - 20 * hour), until: iso(now + 3 * hour), limit: limit(4, 'working_hours'), state: 'running', provisional: false },
      { name: 'township', label: text('镇街办理', 'Township'), from: iso(now - 100 * hour), until: iso(now + 260 * hour), limit: limit(15, 'calendar_days'), state: 'running', provisional: false },
      { name: 'verify', label: text('核实', 'Verify'), from: iso(now - 90 * hour), until: iso(now - 70 * hour), limit: limit(24, 'clock_hours'), state: 'met', provisional: false },
      { name: 'hold', label: text('挂账', 'Suspended'), from: iso(now - 9 * hour), until: iso(now + 70 * hour), limit: limit(10, 'working_days'), state: 'paused', provisional: true },
    ],
    assignments: [
      { n: 1, stage: 'dispatch', stageName: text('派遣', 'Dispatch'), kind: 'lead', role: 'dispatcher', roleName: text('派遣员', 'Dispatcher'), region: '350302000000', department: null, person: null, openedAt: iso(now - 5 * hour), dueAt: iso(now + 3 * hour), leftAt: null, outcome: null, mine: true, version: 1 },
      { n: 0, stage: 'verify', stageName: text('核实', 'Verify'), kind: 'check', role: 'grid_worker', roleName: text('网格员', 'Grid worker'), region: item.region.code, department: null, person: { account: 'grid1', name: '林小网' }, openedAt: iso(now - 8 * hour), dueAt: null, leftAt: iso(now - 6 * hour), outcome: 'done', mine: false, version: 2 },
    ],
    actions: item.closedAt ? [] : actions,
  }
}
export const timeline = [
  ['report', '上报', null, 'reported', '群众在小程序反映，附照片三张。', '林小网'], ['verify', '核实', 'reported', 'pending_register', '现场核实属实。', '林小网'],
  ['register', '立案', 'pending_register', 'pending_dispatch', null, '陈受理'], ['clock', '计时提醒', 'pending_dispatch', 'pending_dispatch', '处置时限已过 80%。', null],
].map(([action, name, from, to, note, actor], n) => ({
  seq: n + 1, action, actionName: text(name), actor: actor ? { account: 'a', name: actor } : null, from, to, note: n === 1 ? '' : (note ?? ''), recordId: `r${n}`,
  post: { role: 'grid_worker', roleName: text('网格员', 'Grid worker'), regionName: '龙桥街道', department: null, departmentName: null },
  fromName: states.find((one) => one.code === from)?.name ?? null, toName: states.find((one) => one.code === to).name, at: iso(now - (9 - n * 2) * hour), recipient: null, recipientName: null, ledger: n === 3 ? null : 256 + n * 7, erased: n === 1 ? ['note'] : [], attachments: n === 0 ? [attachment('1', 20)] : [],
}))
