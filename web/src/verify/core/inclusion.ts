/** Checking that a leaf stands at a place of a tree (RFC 9162 §2.1.3.2). */
import { equal, type Bytes } from './bytes'
import { nodeHash } from './hash'
import { refuse } from './refusal'

export interface TreeHead {
  /** The number of leaves. */
  size: bigint
  root: Bytes
}

/**
 * Refuses unless the leaf hash and its siblings, from the leaf upwards, lead to the root, with exactly one sibling for
 * each level that has one.
 */
export async function checkInclusion(leaf: Bytes, index: bigint, tree: TreeHead, proof: readonly Bytes[]): Promise<void> {
  if (index >= tree.size) refuse({ link: 'place', why: 'range' })
  let [node, last] = [index, tree.size - 1n]
  let root = leaf
  for (const sibling of proof) {
    if (last === 0n) refuse({ link: 'place', why: 'length' })
    if ((node & 1n) === 1n || node === last) {
      root = await nodeHash(sibling, root)
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n
        last >>= 1n
      }
    } else {
      root = await nodeHash(root, sibling)
    }
    node >>= 1n
    last >>= 1n
  }
  if (last !== 0n) refuse({ link: 'place', why: 'length' })
  if (!equal(root, tree.root)) refuse({ link: 'place', why: 'root' })
}
