// @vitest-environment node
/** The checker as one file: whole, small, allowed to run only itself, the same at every build. */
import { beforeAll, expect, it, vi } from 'vitest'
import { sha256, verifyHtml } from '../../build/verifyFile.ts'

let html: string
beforeAll(async () => {
  vi.stubEnv('NODE_ENV', 'production')
  html = await verifyHtml()
}, 120_000)

const inside = (tag: string) => [...html.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, 'g'))].map((match) => match[1]!)

it('has one script and one style, and a policy that names just these', () => {
  const [script, style] = [inside('script'), inside('style')]
  expect([script.length, style.length]).toEqual([1, 1])
  expect(html.includes(`script-src 'sha256-${sha256(script[0]!, 'base64')}'`)).toBe(true)
  expect(html.includes(`style-src 'sha256-${sha256(style[0]!, 'base64')}'`)).toBe(true)
  expect(html.includes("content=\"default-src 'none';")).toBe(true)
  expect(/<!--|<\/?script/i.exec(script[0]!)).toBeNull()
})

it('asks no network', () => {
  expect(/<[^>]*\s(?:src|action)=/.exec(html)).toBeNull()
  expect(/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts|\bimport\(|\burl\(|@import/.exec(html)).toBeNull()
})

it('carries all of it, in a size that can be read', () => {
  for (const part of ['tlog-proof@v1', 'cosignature/v1', '@noble/ed25519', 'Paul Miller', 'Evan']) expect(html.includes(part), part).toBe(true)
  expect(html.length).toBeLessThan(200_000)
})

it('is the same when it is built again', { timeout: 120_000 }, async () => expect(sha256(await verifyHtml())).toBe(sha256(html)))
