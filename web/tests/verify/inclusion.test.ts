// @vitest-environment node
/** The inclusion proofs of transparency-dev/merkle: those that hold are accepted, the many that must not are refused. */
import { expect, it } from 'vitest'
import { fromBase64, type Bytes } from '@/verify/core/bytes'
import { leafHash, rootOf, sha256 } from '@/verify/core/hash'
import { checkInclusion } from '@/verify/core/inclusion'
import { faultOf, inclusionVectors, type InclusionVector } from './vectors'

/** A few words where a root should be only say that two roots differ; these become their hash. Nothing stays nothing. */
async function hash(text: string): Promise<Bytes | null> {
  const bytes = fromBase64(text)!
  if (bytes.length === 0) return null
  return bytes.length === 32 ? bytes : sha256(bytes)
}

/** Refused without being computed when an item is no hash at all, which no receipt could hold. */
async function holds(vector: InclusionVector): Promise<boolean> {
  const [root, leaf] = [await hash(vector.root), await hash(vector.leafHash)]
  const proof = (vector.proof ?? []).map((text) => fromBase64(text)!)
  if (!root || !leaf || proof.some((item) => item.length !== 32)) return false
  const fault = await faultOf(() => checkInclusion(leaf, BigInt(vector.leafIdx), { size: BigInt(vector.treeSize), root }, proof))
  return fault === null
}

it('agrees with the vectors', async () => {
  const found = await Promise.all(inclusionVectors.map(async (vector) => [vector.file, await holds(vector)]))
  expect(found).toEqual(inclusionVectors.map((vector) => [vector.file, !vector.wantErr]))
  expect(found.filter(([, good]) => good)).toHaveLength(6)
  expect(found.filter(([, good]) => !good)).toHaveLength(92)
})

it('has the roots of RFC 6962 for small trees', async () => {
  const leaves = await Promise.all([0, 1, 2, 3, 4].map((number) => leafHash(Uint8Array.of(number))))
  const node = (left: Bytes, right: Bytes) => sha256(Uint8Array.of(1), left, right)
  const [a, b, c, d, e] = leaves as [Bytes, Bytes, Bytes, Bytes, Bytes]
  expect(await rootOf([])).toEqual(await sha256())
  expect(await rootOf([a])).toEqual(a)
  expect(await rootOf([a, b, c])).toEqual(await node(await node(a, b), c))
  expect(await rootOf(leaves)).toEqual(await node(await node(await node(a, b), await node(c, d)), e))
})
