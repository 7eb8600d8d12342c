/** The matters last reported from this browser: catalog facts, nothing personal. */
import type { Matter } from '@/api/types'

const key = 'yizhi.matters'
const kept = 6

export function recentMatters(): Matter[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(stored) ? (stored as Matter[]) : []
  } catch {
    return []
  }
}

export function rememberMatter(matter: Matter): void {
  const others = recentMatters().filter((one) => one.code !== matter.code)
  try {
    localStorage.setItem(key, JSON.stringify([matter, ...others].slice(0, kept)))
  } catch {
    return
  }
}
