/** The platform's API as a program sees it: what tests prepare and verify without a browser. */
import { randomBytes } from 'node:crypto'

import { request, type APIRequestContext, type APIResponse } from '@playwright/test'
import type { FeatureCollection, Polygon, MultiPolygon } from 'geojson'

import type { DemoAccount } from './accounts.ts'
import { platformUrl } from './environment.ts'

/** Each request on a connection of its own: one kept open may be closed by the server, as idle, while the next request is on its way. */
export const ownConnection = { Connection: 'close' }

export interface Place {
  lon: number
  lat: number
  grid: string
  village: string
}

export interface Assignment {
  role: string
  region: string
  department: string | null
  leftAt: string | null
}

export interface CaseBody {
  id: string
  number: string
  version: number
  state: string
  matter: { code: string }
  region: { code: string }
  grid: string | null
  dueAt: string | null
  assignments: Assignment[]
  actions: { code: string; targets: { department?: string; account?: string }[] }[]
}

export interface TimelineItem {
  action: string
  from: string | null
  to: string
  note: string
  ledger: number | null
  erased: string[]
  actor: { account: string } | null
}

export interface Contact {
  name: string
  phone: string
}

export interface ActionBody {
  note?: string
  to?: { department?: string; account?: string }
  data?: Record<string, unknown>
  attachments?: string[]
}

export class Api {
  readonly context: APIRequestContext
  private readonly csrf: string
  readonly account: DemoAccount

  private constructor(context: APIRequestContext, csrf: string, account: DemoAccount) {
    this.context = context
    this.csrf = csrf
    this.account = account
  }

  /** Signs in, acting in the post of that role when the person holds several. */
  static async signIn(account: DemoAccount, role: string): Promise<Api> {
    const context = await request.newContext({ baseURL: platformUrl(), extraHTTPHeaders: ownConnection })
    const answer = await context.post('/api/v1/session', { data: { account: account.account, password: account.password } })
    const session = (await expectOk(answer)) as { csrfToken: string; post: Held; posts: Held[] }
    const api = new Api(context, session.csrfToken, account)
    const post = session.posts.find((one) => one.role === role)
    if (!post || session.post.role === role) return api
    const changed = (await api.send('PUT', '/session/post', { post: post.id })) as { csrfToken: string }
    return new Api(context, changed.csrfToken, account)
  }

  raw(path: string): Promise<APIResponse> {
    return this.context.get(`/api/v1${path}`)
  }

  async get<T>(path: string): Promise<T> {
    return (await expectOk(await this.raw(path))) as T
  }

  async send(method: 'POST' | 'PUT', path: string, data: unknown): Promise<unknown> {
    const answer = await this.context.fetch(`/api/v1${path}`, { method, data, headers: { 'X-CSRF-Token': this.csrf } })
    return expectOk(answer)
  }

  async report(matter: string, title: string, place: Place, description = title, attachments: string[] = []): Promise<CaseBody> {
    return this.reportOf(null, matter, title, place, { description, attachments })
  }

  /** A report for somebody else, with their name and phone. */
  async reportOf(reporter: Contact | null, matter: string, title: string, place: Place, more: object = {}): Promise<CaseBody> {
    const location = { lon: place.lon, lat: place.lat, crs: 'WGS84', source: 'map' }
    const body = { id: uuid7(), matter, title, description: title, location, ...more, ...(reporter ? { reporter } : {}) }
    return (await this.send('POST', '/cases', body)) as CaseBody
  }

  /** Uploads a photo; its id. */
  async upload(name: string, buffer: Buffer): Promise<string> {
    const multipart = { file: { name, mimeType: 'image/png', buffer } }
    const answer = await this.context.post('/api/v1/attachments', { multipart, headers: { 'X-CSRF-Token': this.csrf } })
    return ((await expectOk(answer)) as { id: string }).id
  }

  case(id: string): Promise<CaseBody> {
    return this.get(`/cases/${id}`)
  }

  async timeline(id: string): Promise<TimelineItem[]> {
    return (await this.get<{ items: TimelineItem[] }>(`/cases/${id}/timeline`)).items
  }

  async act(id: string, action: string, body: ActionBody = {}): Promise<CaseBody> {
    const { version } = await this.case(id)
    return (await this.send('POST', `/cases/${id}/actions/${action}`, { version, ...body })) as CaseBody
  }

  /** The bare answer to a step on a version that may be old. */
  tryAct(id: string, action: string, version: number): Promise<APIResponse> {
    const headers = { 'X-CSRF-Token': this.csrf }
    return this.context.post(`/api/v1/cases/${id}/actions/${action}`, { data: { version }, headers })
  }

  /** A point inside a grid of the region; different turns give different grids. */
  async place(region: string, turn = 0): Promise<Place> {
    const grids = await this.get<FeatureCollection<Polygon | MultiPolygon>>(`/grids?region=${region}`)
    const grid = grids.features[turn % grids.features.length]
    if (!grid) throw new Error(`no grids in ${region}`)
    const [lon, lat] = centre(grid.geometry)
    const found = await this.get<{ grid: { code: string; village: string } }>(`/grids/locate?lon=${lon}&lat=${lat}&crs=WGS84`)
    return { lon, lat, grid: found.grid.code, village: found.grid.code.slice(0, 12) }
  }
}

interface Held {
  id: string
  role: string
}

async function expectOk(answer: APIResponse): Promise<unknown> {
  if (!answer.ok()) throw new Error(`${answer.url()}: ${answer.status()} ${await answer.text()}`)
  return answer.status() === 204 ? null : answer.json()
}

/** The middle of the corners: inside for the convex grids of the demo. */
function centre(geometry: Polygon | MultiPolygon): [number, number] {
  const ring = (geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates[0]?.[0]) ?? []
  const corners = ring.slice(1)
  const mean = (axis: 0 | 1) => corners.reduce((sum, corner) => sum + (corner[axis] ?? 0), 0) / corners.length
  return [mean(0), mean(1)]
}

function uuid7(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
