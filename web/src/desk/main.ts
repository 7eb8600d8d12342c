/** Starts the desk: language first, so that no page shows a key. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { onSignedOut } from '@/api/client'
import { guardInputMethod } from '@/shared/inputMethod'
import { keepFocus } from '@/shared/keepFocus'
import { onSignedOutElsewhere } from '@/shared/otherTabs'
import { i18n, storedLanguage, useLanguage } from '@/shared/i18n'
import App from './App.vue'
import { router } from './router'
import { useSession } from './stores/session'
import './styles/base.css'

async function start(): Promise<void> {
  guardInputMethod(window)
  keepFocus(document)
  await useLanguage(storedLanguage())
  const app = createApp(App).use(createPinia()).use(i18n).use(router)
  onSignedOut(() => {
    if (!useSession().lose()) return
    const here = router.currentRoute.value
    if (!here.meta.public) void router.push({ path: '/sign-in', query: { next: here.fullPath, again: '1' } })
  })
  onSignedOutElsewhere((account) => {
    if (useSession().leave(account)) void router.push('/sign-in')
  })
  app.mount('#app')
}

void start()
