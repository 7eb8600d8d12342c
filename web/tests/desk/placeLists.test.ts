/** Township, village, grid by lists: from the county of the post down, showing also what was chosen elsewhere. */
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import PlaceLists from '@/desk/pages/report/PlaceLists.vue'
import { i18n, useLanguage } from '@/shared/i18n'

const region = (code: string, name: string, level: string) => ({ code, name, level, parent: null, center: null })
const regions: Record<string, unknown[]> = {
  '350302000000': [region('350302001000', '龙桥街道', 'township'), region('350302003000', '霞林街道', 'township')],
  '350302001000': [region('350302001010', '兴安社区', 'village'), region('350302001002', '泗华社区', 'village')],
  '350302003000': [region('350302003001', '沟头社区', 'village')],
}
const county = region('350302000000', '城厢区', 'county')
/** A city without counties: its townships have the digits of no county. */
const city = region('441900000000', '东莞市', 'city')
regions['441900000000'] = [region('441900003000', '东城街道', 'township')]
regions['441900003000'] = [region('441900003001', '岗贝社区', 'village')]
const named = [county, city, region('350303000000', '涵江区', 'county'), ...Object.values(regions).flat()] as ReturnType<typeof region>[]

function detail(code: string) {
  const up = (one: string): unknown[] => {
    const parent = Object.keys(regions).find((key) => (regions[key] as { code: string }[]).some((each) => each.code === one))
    return parent ? [...up(parent), named.find((each) => each.code === parent)] : []
  }
  const found = named.find((one) => one.code === code)
  return found ? Response.json({ ...found, ancestors: up(code) }) : Response.json({ code: 'not_found' }, { status: 404 })
}

const grid = { type: 'Feature', geometry: null, properties: { code: '350302001010001', name: '兴安社区第一网格', village: '350302001010' } }

beforeEach(async () => {
  await useLanguage('zh-CN')
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    if (url.pathname === '/api/v1/regions') return Response.json({ items: regions[url.searchParams.get('parent') ?? ''] ?? [], next: null })
    const [, code] = /^\/api\/v1\/regions\/(\d+)$/.exec(url.pathname) ?? []
    if (code) return detail(code)
    return Response.json({ type: 'FeatureCollection', features: url.searchParams.get('region') === '350302001010' ? [grid] : [] })
  })
})
afterEach(() => vi.unstubAllGlobals())

async function open(code: string | null, post = '350302001010') {
  const lists = mount(PlaceLists, { props: { region: post, code }, global: { plugins: [i18n] } })
  await flushPromises()
  return { lists, selects: () => lists.findAll('select').map((one) => one.element.value) }
}

describe('the lists', () => {
  it('begin with the county of the post', async () => {
    const { lists, selects } = await open(null)
    expect(selects()).toEqual([''])
    await lists.get('select').setValue('350302003000')
    expect(lists.emitted('choose')).toEqual([[{ region: '350302003000', grid: null, label: '霞林街道', center: null }]])
  })

  it('show a village whose code ends in a nought, with its grids', async () => {
    const { lists, selects } = await open('350302001010')
    expect(selects()).toEqual(['350302001000', '350302001010', ''])
    await lists.findAll('select')[2]!.setValue('350302001010001')
    expect(lists.emitted('choose')).toEqual([[{ region: null, grid: '350302001010001', label: '龙桥街道 · 兴安社区 · 兴安社区第一网格', center: null }]])
  })

  it('show a grid chosen elsewhere, and go back up', async () => {
    const { lists, selects } = await open('350302001010001')
    expect(selects()).toEqual(['350302001000', '350302001010', '350302001010001'])
    await lists.findAll('select')[2]!.setValue('')
    await lists.findAll('select')[1]!.setValue('')
    expect(lists.emitted('choose')).toEqual([
      [{ region: '350302001010', grid: null, label: '龙桥街道 · 兴安社区', center: null }],
      [{ region: '350302001000', grid: null, label: '龙桥街道', center: null }],
    ])
  })

  it('stay at the top for what lies in another county', async () => {
    expect((await open('350303000000')).selects()).toEqual([''])
  })

  it('go down in a city without counties', async () => {
    expect((await open('441900003001', '441900000000')).selects()).toEqual(['441900003000', '441900003001'])
  })
})
