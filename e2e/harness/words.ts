/** The interface's own words, by their keys in `web/src/locales`: a test names what it means, not how it is spelt today. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

type Tree = { [key: string]: string | Tree }

const file = resolve(import.meta.dirname, '../../web/src/locales/zh-CN.json')
const tree = JSON.parse(readFileSync(file, 'utf8')) as Tree

export function word(key: string, values: Record<string, string | number> = {}): string {
  let found: string | Tree | undefined = tree[key]
  if (found === undefined) {
    found = tree
    for (const part of key.split('.')) found = typeof found === 'object' ? found[part] : undefined
  }
  if (typeof found !== 'string') throw new Error(`zh-CN.json has no text ${key}`)
  return found.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all))
}
