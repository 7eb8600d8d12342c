/** The page's language: Chinese unless the person chose otherwise, here or at the desk. Small on purpose: the one-file checker carries it. */
import { computed, ref, watch } from 'vue'
import type { Fault } from './core/refusal'
import { en } from './locales/en'
import { zh, type Words } from './locales/zh'
import { plain } from './show'

export const languages = { 'zh-CN': zh, en } as const satisfies Record<string, Words>
export type Language = keyof typeof languages

const place = 'yizhi.language'

function stored(): Language {
  try {
    return localStorage.getItem(place) === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}

export const language = ref<Language>(stored())
export const words = computed<Words>(() => languages[language.value])

export function chooseLanguage(chosen: Language): void {
  language.value = chosen
  try {
    localStorage.setItem(place, chosen)
  } catch {
    return
  }
}

/** Keeps title and language of the document those of the page. */
export function followLanguage(): void {
  watch(language, (now) => {
    document.documentElement.lang = now
    document.title = `${words.value.title} · ${words.value.product}`
  }, { immediate: true })
}

const damaged = new Set(['extra', 'index', 'proof', 'checkpoint', 'characters', 'signatures'])

/** Why something is not believed, in a sentence. */
export function reason(fault: Fault, { why }: Words): string {
  switch (fault.link) {
    case 'browser': return why.browser
    case 'keys': return keysReason(fault, why)
    case 'file': return damaged.has(fault.why) ? why.damaged : why[fault.why as 'version' | 'tooLong' | 'noFields' | 'fields']
    case 'place': return why.place
    case 'sheet': return fault.why === 'key' ? why.sheetKey : why.sheet
    case 'log':
      if (fault.why === 'origin') return why.origin(plain(fault.found), plain(fault.pinned))
      return fault.why === 'unsigned' ? why.unsigned : why.signature(plain(fault.name))
    case 'witnesses': return fault.why === 'quorum' ? why.quorum(fault.found, fault.needed) : why.signature(plain(fault.name))
  }
}

function keysReason(fault: Extract<Fault, { link: 'keys' }>, why: Words['why']): string {
  switch (fault.why) {
    case 'key': return why.keysKey(fault.line)
    case 'algorithm': return why.keysAlgorithm(fault.line)
    case 'id': return why.keysId(fault.line)
    case 'witness': return why.keysWitness(plain(fault.name))
    case 'twice': return why.keysTwice(plain(fault.name))
    case 'log': return why.keysLog
    case 'quorum': return why.keysQuorum
    case 'unreadable': return why.keysUnreadable
    case 'unreachable': return why.keysUnreachable
  }
}
