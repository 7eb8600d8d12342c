/** Starts the page that checks receipts. It has no session, asks no server, and is also built as one file to download. */
import { createApp } from 'vue'
import { guardInputMethod } from '@/shared/inputMethod'
import './style.css'
import VerifyPage from './VerifyPage.vue'
import { followLanguage } from './words'

guardInputMethod(window)
followLanguage()
createApp(VerifyPage).mount('#app')
