/** The demo's people: who holds which post where, and whose post covers a place. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { platformData } from './environment.ts'

export interface DemoPost {
  role: string
  region: string
  department: string | null
}

export interface DemoAccount {
  account: string
  name: string
  password: string
  posts: DemoPost[]
}

export function accounts(data = platformData()): DemoAccount[] {
  return JSON.parse(readFileSync(join(data, 'demo-accounts.json'), 'utf8')) as DemoAccount[]
}

/** A 12-digit code without the zeros below its own level: province 2, city 4, county 6, township 9, village 12. */
function prefix(region: string): string {
  const ends = [2, 4, 6, 9, 12]
  return region.slice(0, ends.find((end) => /^0*$/.test(region.slice(end))))
}

export const covers = (region: string, place: string): boolean => place.startsWith(prefix(region))

/** Somebody with this role whose post covers the place; the nearest post first. */
export function personFor(role: string, place: string, department?: string): DemoAccount {
  const held = (one: DemoAccount) =>
    one.posts.filter(
      (post) => post.role === role && covers(post.region, place) && (!department || post.department === department),
    )
  const found = accounts()
    .map((one) => ({ one, depth: Math.max(-1, ...held(one).map((post) => prefix(post.region).length)) }))
    .filter(({ depth }) => depth >= 0)
    .sort((a, b) => b.depth - a.depth)[0]
  if (!found) throw new Error(`no ${role} ${department ?? ''} for ${place} among the demo accounts`)
  return found.one
}

/** Somebody with this role in a county of the run. */
export function personIn(county: string, role: string): DemoAccount {
  const found = accounts().find((one) => one.posts.some((post) => post.role === role && post.region.startsWith(county)))
  if (!found) throw new Error(`no ${role} in ${county} among the demo accounts`)
  return found
}
