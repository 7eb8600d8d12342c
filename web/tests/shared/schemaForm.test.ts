import { describe, expect, it } from 'vitest'
import { cleanValues, fieldProblems, initialValues, schemaFields } from '@/shared/schemaForm'

const schema = {
  type: 'object',
  required: ['days', 'reason'],
  properties: {
    days: { type: 'integer', minimum: 1, maximum: 30, title: { zh: '天数', en: 'Days' } },
    reason: { oneOf: [{ const: 'weather', title: { zh: '天气', en: 'Weather' } }, { const: 'parts' }] },
    level: { type: 'string', enum: ['low', 'high'], default: 'low' },
    until: { type: 'string', format: 'date-time' },
    day: { type: ['string', 'null'], format: 'date' },
    told: { type: 'boolean' },
    short: { type: 'string', maxLength: 5 },
    long: { type: 'string', maxLength: 2000, description: { zh: '详细', en: 'In detail' } },
    condition: { type: 'string', 'x-source': 'conditions' },
    into: { type: 'string', 'x-source': 'duplicates' },
  },
}
const sources = { conditions: { choices: [{ value: 'a', label: { zh: '一般', en: 'Ordinary' } }], initial: 'a' }, duplicates: { choices: [] } }
const fields = schemaFields(schema, sources)
const field = (name: string) => fields.find((one) => one.name === name)!

describe('schemaFields', () => {
  it.each([
    ['days', 'integer'], ['reason', 'choice'], ['level', 'choice'], ['until', 'dateTime'], ['day', 'date'],
    ['told', 'boolean'], ['short', 'text'], ['long', 'longText'], ['condition', 'choice'], ['into', 'text'],
  ])('%s is %s', (name, kind) => expect(field(name).kind).toBe(kind))

  it('labels in both languages, else by name', () => {
    expect(field('days').label).toEqual({ zh: '天数', en: 'Days' })
    expect(field('told').label).toBe('told')
    expect(field('long').help).toEqual({ zh: '详细', en: 'In detail' })
    expect(field('reason').choices.map((one) => one.label)).toEqual([{ zh: '天气', en: 'Weather' }, 'parts'])
  })

  it('starts from defaults and from the case', () => {
    expect(initialValues(fields)).toMatchObject({ level: 'low', told: undefined, condition: 'a', days: undefined })
  })

  it.each([null, {}, { type: 'object' }])('has no fields for %j', (nothing) => expect(schemaFields(nothing)).toEqual([]))
})

describe('fieldProblems', () => {
  it('finds what is missing, out of range or too long', () => {
    expect(fieldProblems(fields, { days: 31, short: '123456' })).toEqual({ days: 'range', reason: 'required', short: 'length' })
    expect(fieldProblems(fields, { days: 0, reason: 'parts' })).toEqual({ days: 'range' })
    expect(fieldProblems(fields, { days: 30, reason: 'parts' })).toEqual({})
  })
})

describe('cleanValues', () => {
  it('leaves out what is empty and gives moments their offset', () => {
    const values = { days: 3, reason: '', level: undefined, until: '2026-11-22T10:00', told: false }
    expect(cleanValues(fields, values, (local) => `${local}:00+08:00`)).toEqual({ days: 3, until: '2026-11-22T10:00:00+08:00', told: false })
  })
})
