/**
 * Which rooms a post may enter. The server decides on every call; this only spares people doors that are locked.
 * Rooms open by the permissions of /me; where it does not name one, by whether the role is an administrator's.
 */
import type { Me } from '@/api/types'

export type Room = 'cases' | 'report' | 'map' | 'overview' | 'people' | 'jobs'

const permissionNames: Record<Room, string[]> = {
  cases: ['readCases'],
  report: ['report', 'reportCase'],
  map: ['readMap'],
  overview: ['readCounters'],
  people: ['managePeople'],
  jobs: ['manageJobs'],
}

const administrative: Room[] = ['people', 'jobs']
const administrators = ['administrator', 'security_officer', 'auditor']

export function mayEnter(me: Me, room: Room): boolean {
  const named = permissionNames[room].find((name) => name in me.permissions)
  if (named) return me.permissions[named] === true
  const administrator = administrators.includes(me.post.role)
  return administrative.includes(room) ? me.post.role === 'administrator' : !administrator
}

/** Where this post starts its day. */
export function firstRoom(me: Me): string {
  if (mayEnter(me, 'cases')) return '/work'
  if (mayEnter(me, 'people')) return '/people'
  return mayEnter(me, 'report') ? '/report' : '/settings'
}
