// @vitest-environment node
/** The rule that keeps raw key listeners out catches each way to write one, and lets the one way pass. */
import { ESLint } from 'eslint'
import { expect, it } from 'vitest'

const page = (script: string, template: string) => `<script setup lang="ts">\nimport { onKeys } from '@/shared/inputMethod'\n${script}\n</script>\n\n<template>\n  ${template}\n</template>\n`
const own = 'const rowKeys = onKeys({ Enter: () => undefined })'

async function refused(text: string): Promise<boolean> {
  const [result] = await new ESLint().lintText(text, { filePath: 'src/desk/Page.vue' })
  return result!.messages.some((one) => one.message.includes('input method'))
}

it.each([
  ['a modifier', page(own, '<p @keydown.enter="rowKeys" />')],
  ['an expression', page(own, '<p @keydown="rowKeys($event)" />')],
  ['another listener', page('const heard = (event: KeyboardEvent) => event.key', '<p @keyup="heard" />')],
  ['a function that only has the name', page('const rowKeys = (event: Event) => event.type', '<p @keydown="rowKeys" />')],
  ['a listener by hand', page("document.addEventListener('keydown', (event) => event.key)", '<p />')],
  ['a property', page('document.onkeydown = (event) => event.key', '<p />')],
])('%s is refused', { timeout: 60_000 }, async (_, text) => expect(await refused(text)).toBe(true))

it('the shared way passes', { timeout: 60_000 }, async () => {
  expect(await refused(page(`${own}\ndocument.addEventListener('keydown', rowKeys)`, '<p @keydown="rowKeys" />'))).toBe(false)
})
