/** The calls of the API as docs/openapi.json describes them: `npm run api` writes schema.ts, a test compares the two. */
export type { operations, paths } from './schema'
