/** Which rooms a post may enter, by the permissions of /me. The server decides on every call; this only spares people doors that are locked. */
import type { Me, Permissions } from '@/api/types'

export type Room = 'cases' | 'report' | 'map' | 'overview' | 'people' | 'jobs' | 'ledger' | 'looks' | 'erasures' | 'duties' | 'confidential'

const opens: Record<Room, (may: Permissions) => boolean> = {
  cases: (may) => may.readCases,
  report: (may) => may.report,
  map: (may) => may.readMap,
  overview: (may) => may.readCounters,
  people: (may) => may.managePeople || may.confirmPeople,
  jobs: (may) => may.manageJobs,
  duties: (may) => may.manageDuties,
  confidential: (may) => may.superviseConfidential,
  /** Who answers for the platform, and who answers for a region's cases. */
  ledger: (may) => may.managePeople || may.manageSecurity || may.readTrace || may.readCounters,
  looks: (may) => may.readTrace,
  erasures: (may) => may.proposeErasure || may.decideErasure,
}

export const mayEnter = (me: Me, room: Room): boolean => opens[room](me.permissions)

/** The post demands a second factor that its holder has not set: until then nothing else is open. */
export const isConfined = (me: Me): boolean => me.totpRequired && !me.totp

const first: { room: Room; path: string }[] = [
  { room: 'cases', path: '/tasks' },
  { room: 'looks', path: '/looks' },
  { room: 'erasures', path: '/erasures' },
  { room: 'people', path: '/people' },
  { room: 'report', path: '/report' },
]

/** The room that a post has before all others. */
export const firstRoom = (me: Me): string => first.find(({ room }) => mayEnter(me, room))?.path ?? '/settings'
