/** Checkpoints: what a log says of itself, name, size and root, as the text of a note (C2SP tlog-checkpoint). */
import { decimal, hashOf, lines, type Bytes } from './bytes'
import type { TreeHead } from './inclusion'
import { parseNote, type Note } from './note'
import { refuse } from './refusal'

export interface Checkpoint {
  /** The log's name; the name of its key is the same. */
  origin: string
  head: TreeHead
  note: Note
}

export function parseCheckpoint(bytes: Bytes): Checkpoint {
  const note = parseNote(bytes)
  const read = readText(note.text) ?? refuse({ link: 'file', why: 'checkpoint' })
  return { ...read, note }
}

/** Origin, size and root, then further lines that are not empty and mean nothing to us. */
export function readText(text: string): { origin: string; head: TreeHead } | null {
  const [origin, sizeLine, rootLine, ...more] = lines(text) ?? []
  if (!origin || sizeLine === undefined || rootLine === undefined || more.includes('')) return null
  const size = decimal(sizeLine)
  const root = hashOf(rootLine)
  return size === null || root === null ? null : { origin, head: { size, root } }
}
