/** Starts the page that checks receipts. It has no session, asks no server, and is also built as one file to download. */
import { createApp } from 'vue'
import './style.css'
import VerifyPage from './VerifyPage.vue'
import { followLanguage } from './words'

followLanguage()
createApp(VerifyPage).mount('#app')
