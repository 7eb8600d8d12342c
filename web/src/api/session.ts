/** Signing in and out, choosing a post, and the account's own settings. */
import { client, unwrap } from './client'
import type { ActivationState, Me, Meta, NewToken, Page, PasswordChange, Session, Token, TokenMade, TotpProof, TotpSetup } from './types'

export const metaFetch = (): Promise<Meta> => unwrap(client.GET('/api/v1/meta'))
export const meFetch = (): Promise<Me> => unwrap(client.GET('/api/v1/me'))

export function signIn(account: string, password: string, totp?: string): Promise<Session> {
  return unwrap(client.POST('/api/v1/session', { body: { account, password, ...(totp ? { totp } : {}) } }))
}

export function signInByLink(token: string): Promise<Session> {
  return unwrap(client.POST('/api/v1/session/link', { body: { token } }))
}

export function demoSwitch(account: string): Promise<Session> {
  return unwrap(client.POST('/api/v1/session/demo', { body: { account } }))
}

export function postChoose(post: string): Promise<Session> {
  return unwrap(client.PUT('/api/v1/session/post', { body: { post } }))
}

export async function signOut(): Promise<void> {
  await unwrap(client.DELETE('/api/v1/session'))
}

export async function passwordChange(change: PasswordChange): Promise<void> {
  await unwrap(client.POST('/api/v1/me/password', { body: change }))
}

/** Who has a second factor already proves it. */
export const totpStart = (proof: TotpProof): Promise<TotpSetup> => unwrap(client.POST('/api/v1/me/totp', { body: proof }))

export async function totpConfirm(code: string): Promise<void> {
  await unwrap(client.PUT('/api/v1/me/totp', { body: { code } }))
}

export async function totpRemove(proof: TotpProof): Promise<void> {
  await unwrap(client.POST('/api/v1/me/totp/remove', { body: proof }))
}

/** Without a password: only whose account the code opens. */
export function activate(code: string, confirmation?: string, password?: string): Promise<ActivationState> {
  const body = { code, ...(confirmation ? { confirmation } : {}), ...(password ? { password } : {}) }
  return unwrap(client.POST('/api/v1/session/activation', { body }))
}

export const tokenList = (): Promise<Page<Token>> => unwrap(client.GET('/api/v1/me/tokens'))

export function tokenMake(body: NewToken): Promise<TokenMade> {
  return unwrap(client.POST('/api/v1/me/tokens', { body }))
}

export async function tokenEnd(id: string): Promise<void> {
  await unwrap(client.DELETE('/api/v1/me/tokens/{id}', { params: { path: { id } } }))
}
