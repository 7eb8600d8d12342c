/** The language of the page and what it does to names, times and errors: one import for most components. */
import { useI18n } from 'vue-i18n'
import { asApiError, messageKey } from '@/api/problem'
import type { Text } from '@/api/types'
import { remaining, type Remaining } from './remaining'
import { pick } from './text'
import { date, dateTime, moment } from './time'

export function useSay() {
  const { t, te, locale } = useI18n()

  const name = (text: Text | string | null | undefined) => pick(text, locale.value)
  const when = (value: string | null) => dateTime(value, locale.value)
  const second = (value: string | null) => moment(value, locale.value)
  const day = (value: string | null) => date(value, locale.value)

  /** The server's own sentence when it sent one, else ours for the code; always with a way on. */
  function error(thrown: unknown): string {
    const problem = asApiError(thrown)
    if (problem.detail && problem.status > 0) return problem.detail
    return t(messageKey(problem, (key) => te(key)), { seconds: problem.retryAfter ?? 10 })
  }

  const lasting = (of: Remaining) => t(`due.amount.${of.amount}`, { n: of.days, days: of.days, hours: of.hours, minutes: of.minutes })

  /** How long ago something was. */
  const since = (value: string, now: number) => lasting(remaining(value, Math.max(now, Date.parse(value))))

  function left(dueAt: string | null, now: number, paused = false): { text: string; of: Remaining } {
    const of = remaining(dueAt, now, paused)
    if (of.kind === 'none') return { text: t('due.none'), of }
    const amount = lasting(of)
    return { text: of.kind === 'paused' ? t('due.paused') : t(`due.${of.kind}`, { amount }), of }
  }

  return { t, te, locale, name, when, second, day, error, left, since }
}
