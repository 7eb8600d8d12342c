// How many packages `npm ci` will lay down here for a lock file: what the download bar counts towards.
import { readFileSync } from 'node:fs'

const fits = (list, value) => !list || list.includes(value) || (list[0]?.startsWith('!') && !list.includes(`!${value}`))
const { packages } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const nested = /node_modules\/.*node_modules\//
const here = Object.entries(packages).filter(
  ([path, entry]) =>
    path && !nested.test(path) && fits(entry.os, process.platform) && fits(entry.cpu, process.arch) && fits(entry.libc, 'glibc'),
)
console.log(here.length)
