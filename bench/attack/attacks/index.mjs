// All attacks by name. Each has `about`, and `run`, which goes on until the context's signal ends it.
import { files } from './files.mjs'
import { insiders } from './insiders.mjs'
import { strangers } from './strangers.mjs'

export const attacks = { ...strangers, ...insiders, ...files }
