declare const __ONE_FILE__: boolean

/** Built as the one file that people keep, which holds nothing that could reach a network. */
export const oneFile: boolean = __ONE_FILE__

/** The address of this page without what stands behind it; null for the one-file checker opened from a disk. */
export const served: string | null = /^https?:$/.test(location.protocol) ? `${location.origin}/verify` : null
