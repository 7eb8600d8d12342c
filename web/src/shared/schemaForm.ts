/**
 * A small part of JSON Schema 2020-12 as form fields: flat objects of text, numbers, choices, yes/no and moments.
 * The browser only helps; the server validates.
 */
import type { JsonSchema, Text } from '@/api/types'

export type FieldKind = 'text' | 'longText' | 'integer' | 'number' | 'boolean' | 'choice' | 'dateTime' | 'date'

export interface FormField {
  name: string
  kind: FieldKind
  label: Text | string
  help: Text | string | null
  required: boolean
  choices: { value: string | number; label: Text | string }[]
  minimum?: number
  maximum?: number
  maxLength?: number
  initial: unknown
}

/** Choices that come from the case and not from the schema, by the name in `x-source`; and what to write where there are none. */
export type FieldSources = Record<string, { choices: FormField['choices']; initial?: unknown; help?: string }>

type Values = Record<string, unknown>
type Problem = 'required' | 'range' | 'length'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

export function schemaFields(schema: JsonSchema | null, sources: FieldSources = {}): FormField[] {
  if (!schema || !isObject(schema['properties'])) return []
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  return Object.entries(schema['properties'])
    .filter((entry): entry is [string, JsonSchema] => isObject(entry[1]))
    .map(([name, property]) => fieldOf(name, property, required.has(name), sources))
}

function fieldOf(name: string, schema: JsonSchema, required: boolean, sources: FieldSources): FormField {
  const source = sources[String(schema['x-source'])]
  const choices = source?.choices.length ? source.choices : choicesOf(schema)
  return {
    name,
    kind: choices.length > 0 ? 'choice' : kindOf(schema),
    label: labelOf(schema['title']) ?? name,
    help: labelOf(schema['description']) ?? (choices.length === 0 ? source?.help : undefined) ?? null,
    required,
    choices,
    ...limit('minimum', schema),
    ...limit('maximum', schema),
    ...limit('maxLength', schema),
    /** A question of yes or no has no answer until somebody gives one. */
    initial: typeOf(schema) === 'boolean' ? undefined : (schema['default'] ?? source?.initial),
  }
}

function limit<K extends 'minimum' | 'maximum' | 'maxLength'>(name: K, schema: JsonSchema): { [key in K]?: number } {
  const value = schema[name]
  return typeof value === 'number' ? ({ [name]: value } as { [key in K]?: number }) : {}
}

/** `["string", "null"]` is an optional string. */
function typeOf(schema: JsonSchema): unknown {
  const type = schema['type']
  return Array.isArray(type) ? type.find((one) => one !== 'null') : type
}

function kindOf(schema: JsonSchema): FieldKind {
  const type = typeOf(schema)
  if (type === 'integer' || type === 'number' || type === 'boolean') return type
  if (schema['format'] === 'date-time') return 'dateTime'
  if (schema['format'] === 'date') return 'date'
  const length = schema['maxLength']
  return typeof length === 'number' && length > 200 ? 'longText' : 'text'
}

function labelOf(value: unknown): Text | string | null {
  if (typeof value === 'string') return value
  return isObject(value) && typeof value['zh'] === 'string' ? { zh: value['zh'], en: String(value['en'] ?? value['zh']) } : null
}

/** Choices come as `oneOf: [{const, title}]`, or as a bare `enum`. */
function choicesOf(schema: JsonSchema): FormField['choices'] {
  const oneOf = schema['oneOf']
  if (Array.isArray(oneOf)) {
    return oneOf.filter(isObject).flatMap((one) => {
      const value = one['const']
      return isValue(value) ? [{ value, label: labelOf(one['title']) ?? String(value) }] : []
    })
  }
  const values = schema['enum']
  return Array.isArray(values) ? values.filter(isValue).map((value) => ({ value, label: String(value) })) : []
}

const isValue = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number'

export function initialValues(fields: FormField[]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, field.initial]))
}

const isEmpty = (value: unknown) => value === undefined || value === null || value === ''

/** What is wrong with each field, by name; empty when the form may go. */
export function fieldProblems(fields: FormField[], values: Values): Record<string, Problem> {
  const found: Record<string, Problem> = {}
  for (const field of fields) {
    const problem = problemOf(field, values[field.name])
    if (problem) found[field.name] = problem
  }
  return found
}

function problemOf(field: FormField, value: unknown): Problem | null {
  if (isEmpty(value)) return field.required ? 'required' : null
  if (typeof value === 'number') {
    const tooSmall = field.minimum !== undefined && value < field.minimum
    const tooLarge = field.maximum !== undefined && value > field.maximum
    return tooSmall || tooLarge ? 'range' : null
  }
  return typeof value === 'string' && field.maxLength !== undefined && value.length > field.maxLength ? 'length' : null
}

/** The values to send: empty ones are left out, moments get China's offset from `toMoment`. */
export function cleanValues(fields: FormField[], values: Values, toMoment: (local: string) => string): Values {
  const entries = fields
    .filter((field) => !isEmpty(values[field.name]))
    .map((field) => {
      const value = values[field.name]
      return [field.name, field.kind === 'dateTime' && typeof value === 'string' ? toMoment(value) : value]
    })
  return Object.fromEntries(entries)
}
