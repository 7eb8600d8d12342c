// What the rounds of a benchmark measured, read from its notes: a line each with the name and the result.
import { readFileSync } from 'node:fs'

export const rounds = readFileSync(process.argv[2], 'utf8').trim().split('\n').map(line => JSON.parse(line))
export const of = name => rounds.filter(r => r.name === name).map(r => r.result)

export function median(values) {
  const s = [...values].sort((a, b) => a - b)
  const middle = Math.floor(s.length / 2)
  return s.length % 2 ? s[middle] : (s[middle - 1] + s[middle]) / 2
}

/** The median, and from where to where the rounds lie. */
export function shown(values, digits) {
  const text = value => value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return values.length === 1 ? text(values[0]) : `${text(median(values))} (${text(Math.min(...values))}–${text(Math.max(...values))})`
}
