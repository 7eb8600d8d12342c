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

/** A one-time code, told once; `first` and `second` halves are told by two people. */
export type ActivationCode = Got<'ActivationView'>
export type Proposal = Got<'ProposalView'>

/** Where the post takes two people, the proposal waits for the second. */
export type PersonCreated = Closer<'PersonCreated', { activation: ActivationCode; proposal?: Proposal }>
export type PostProposed = Closer<'PostProposed', { proposal: Proposal; activation?: ActivationCode }>
export type Reset = Closer<'ResetView', { activation: ActivationCode; proposal?: Proposal }>
export type Confirmed = Closer<'Confirmed', { proposal: Proposal; activation?: ActivationCode }>
export type Administration = Got<'AdministrationView'>
export type ActivationState = Got<'ActivationState'>
export type Token = Got<'TokenView'>
export type TokenMade = Got<'TokenMade'>
export type NewToken = Sent<'TokenInput'>
export type PasswordChange = Sent<'PasswordChange'>
export type TotpProof = Sent<'TotpProof'>

export type NewPerson = Sent<'PersonInput'>
export type NewPost = Sent<'PostInput'>
export type DeadJob = Got<'AdminJob'>
/** A case whose alert is due and was refused. */
export type RefusedTimer = Got<'RefusedTimer'>
/** Why alerts are refused, and how many. */
export type TimersWhy = Got<'TimersWhy'>
export type TotpSetup = Got<'TotpSetup'>

export type Meta = Closer<'Meta', { name: Text; baseMap: { kind: 'none' | 'tianditu'; key?: string } }>

export type GridDuties = Got<'GridDuties'>
export type GridDuty = Got<'GridDutyView'>
export type NewDuty = Sent<'DutyInput'>
export type DutyImport = Got<'DutyImport'>
export type Notice = Got<'NoticeView'>
export type Unread = Got<'Unread'>
