/**
 * From the generated description to the types of the pages. The description says `string` where the server writes one of
 * a few words, and calls a field optional that the server always writes, as null if need be; both are told here, and a
 * type that would say anything else than the description does not compile.
 */
import type { components } from '../schema'

type Schemas = components['schemas']

/** What we send: as described. */
export type Sent<Name extends keyof Schemas> = Schemas[Name]

/** What we get: every field is there. */
type Whole<T> = T extends readonly (infer Item)[] ? Whole<Item>[] : T extends object ? { [Key in keyof T]-?: Whole<T[Key]> } : T

export type Got<Name extends keyof Schemas> = Whole<Schemas[Name]>

/** The same with some fields told more closely; each must fit what the description says of it. */
export type Closer<Name extends keyof Schemas, Fields extends { [Key in keyof Fields]: Key extends keyof Schemas[Name] ? Schemas[Name][Key] : never }> =
  Omit<Got<Name>, keyof Fields> & Fields
