/** Which rooms a post may enter, by the permissions of /me. The server decides on every call; this only spares people doors that are locked. */
import type { Me, Permissions } from '@/api/types'

export type Room = 'cases' | 'report' | 'map' | 'overview' | 'people' | 'jobs'

const permissionOf: Record<Room, keyof Permissions> = {
  cases: 'readCases',
  report: 'report',
  map: 'readMap',
  overview: 'readCounters',
  people: 'managePeople',
  jobs: 'manageJobs',
}

export const mayEnter = (me: Me, room: Room): boolean => me.permissions[permissionOf[room]]

/** The post demands a second factor that its holder has not set: until then nothing else is open. */
export const isConfined = (me: Me): boolean => me.totpRequired && !me.totp

/** Where this post starts its day. */
export function firstRoom(me: Me): string {
  if (mayEnter(me, 'cases')) return '/work'
  if (mayEnter(me, 'people')) return '/people'
  return mayEnter(me, 'report') ? '/report' : '/settings'
}
