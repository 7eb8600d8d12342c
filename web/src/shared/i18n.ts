/** Languages: Chinese unless the person chose otherwise; each is loaded when first used. */
import { createI18n } from 'vue-i18n'
import { setLanguage } from '@/api/client'

export const languages = ['zh-CN', 'en'] as const
export type Language = (typeof languages)[number]

const storageKey = 'yizhi.language'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: {} as Record<string, Record<string, string>>,
  missingWarn: false,
  fallbackWarn: false,
})

const loaders: Record<Language, () => Promise<{ default: object }>> = {
  'zh-CN': () => import('@/locales/zh-CN.json'),
  en: () => import('@/locales/en.json'),
}

export function storedLanguage(): Language {
  try {
    const stored = localStorage.getItem(storageKey)
    return languages.find((language) => language === stored) ?? 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(storageKey, language)
  } catch {
    return
  }
}

export async function useLanguage(language: Language): Promise<void> {
  remember(language)
  if (!i18n.global.availableLocales.includes(language)) {
    const messages = (await loaders[language]()).default
    i18n.global.setLocaleMessage(language, messages as Record<string, string>)
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
  setLanguage(language)
}
