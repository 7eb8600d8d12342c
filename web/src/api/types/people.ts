/** Accounts, posts, sessions, and what the server says about itself. */
import type { Text } from './common'
import type { Closer, Got, Sent } from './described'

export type Post = Got<'PostView'>
export type DemoAccount = Got<'DemoAccount'>
export type Permissions = Got<'Permissions'>

/** A sign-in link says where to go. */
export type Session = Closer<'SessionView', { goto?: string }>
export type Me = Closer<'Me', { goto?: string }>

export type Person = Got<'ManagedPerson'>

/** The first password is told once, when the server made it. */
export type PersonCreated = Closer<'PersonCreated', { initialPassword?: string }>

export type NewPerson = Sent<'PersonInput'>
export type NewPost = Sent<'PostInput'>
export type DeadJob = Got<'AdminJob'>
/** A case whose alert is due and was refused. */
export type RefusedTimer = Got<'RefusedTimer'>
/** Why alerts are refused, and how many. */
export type TimersWhy = Got<'TimersWhy'>
export type TotpSetup = Got<'TotpSetup'>

export type Meta = Closer<'Meta', { name: Text; baseMap: { kind: 'none' | 'tianditu'; key?: string } }>
