/** Accounts, posts, sessions, and what the server says about itself. */
import type { Text } from './common'

export interface Post {
  id: string
  role: string
  roleName: Text
  region: string
  regionName: string
  grid: string | null
  department: string | null
  departmentName: Text | null
  from: string
  until: string | null
}

export interface DemoAccount {
  account: string
  name: string
  role: string
  roleName: Text
  regionName: string
}

export interface Session {
  account: string
  name: string
  post: Post
  posts: Post[]
  csrfToken: string
  demo: boolean
  expiresAt?: string
  goto?: string
}

export interface Me extends Session {
  demoAccounts: DemoAccount[] | null
  permissions: Record<string, boolean>
  totp?: boolean
}

export interface Person {
  account: string
  name: string
  phone?: string | null
  posts: Post[]
  locked?: boolean
  lockedUntil?: string | null
  totp?: boolean
}

/** The first password is told once, when the server made it. */
export interface PersonCreated extends Person {
  initialPassword?: string
}

export interface NewPerson {
  account: string
  name: string
  phone?: string
  password?: string
}

export interface NewPost {
  id: string
  role: string
  region: string
  grid?: string
  department?: string
  from?: string
  until?: string
}

export interface DeadJob {
  id: string
  kind: string
  state: string
  error: string | null
  attempts?: number
  createdAt?: string
}

export interface Meta {
  name: Text
  version: string
  demo: boolean
  languages: string[]
  baseMap: { kind: 'none' | 'tianditu'; key?: string }
  roles: { code: string; name: Text }[]
  states: { code: string; name: Text; tone: string }[]
}

export interface TotpSetup {
  secret: string
  uri: string
  qr: string
}
