/** Who is signed in and in which post: the one thing every page depends on. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { setCsrfToken } from '@/api/client'
import { liveStart, liveStop } from '@/api/live'
import { ApiError } from '@/api/problem'
import * as api from '@/api/session'
import type { Me } from '@/api/types'
import { draftsClear, draftsOfOthersClear, draftsOpen } from '@/shared/draft'
import { filesRelease } from '@/shared/heldFiles'
import { tellSignedOut } from '@/shared/otherTabs'
import { isConfined, mayEnter, type Room } from './rooms'

export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const account = computed(() => me.value?.account ?? '')
  const confined = computed(() => me.value !== null && isConfined(me.value))

  async function load(): Promise<boolean> {
    try {
      me.value = await api.meFetch()
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return false
      throw error
    }
    setCsrfToken(me.value.csrfToken)
    draftsOpen(account.value)
    if (mayEnter(me.value, 'cases')) liveStart()
    return true
  }

  /** Each way in answers with a session; what it may do is then asked once from /me. */
  async function enter(answer: Promise<{ csrfToken: string }>): Promise<void> {
    const session = await answer
    setCsrfToken(session.csrfToken)
    liveStop()
    await load()
  }

  /** Whoever sits down here now does not find what another person typed. */
  async function sitDown(answer: Promise<{ csrfToken: string }>): Promise<void> {
    await enter(answer)
    const mine = account.value
    draftsOfOthersClear(mine)
    void filesRelease((held) => held.account !== mine)
  }

  const signIn = (name: string, password: string, totp?: string) => sitDown(api.signIn(name, password, totp))
  /** In a demo one person plays all parts, and comes back to each. */
  const switchDemo = (name: string) => enter(api.demoSwitch(name))
  const choosePost = (post: string) => enter(api.postChoose(post))

  async function signInByLink(token: string): Promise<string | undefined> {
    const answer = api.signInByLink(token)
    await sitDown(answer)
    return (await answer).goto
  }

  function forget(): void {
    me.value = null
    setCsrfToken('')
    liveStop()
  }

  /** This account has signed out, here or in another tab. */
  function leave(name: string): boolean {
    draftsClear(name)
    void filesRelease((held) => held.account === name)
    const mine = name === account.value
    if (mine) forget()
    return mine
  }

  let leaving = false

  async function signOut(): Promise<void> {
    const name = account.value
    leaving = true
    try {
      await api.signOut()
    } catch (error) {
      // A session that is over already has nothing more to end.
      if (!(error instanceof ApiError && error.status === 401)) throw error
    } finally {
      leaving = false
    }
    leave(name)
    tellSignedOut(name)
  }

  /** A call was answered that there is no session. Says whether one was lost: whoever signs out has calls under way that fail. */
  function lose(): boolean {
    if (me.value === null || leaving) return false
    forget()
    return true
  }

  const can = (room: Room): boolean => me.value !== null && mayEnter(me.value, room)

  return { me, account, confined, load, signIn, signInByLink, switchDemo, choosePost, signOut, leave, lose, can }
})
