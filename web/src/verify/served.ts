/** The address of this page without what stands behind it; null for the one-file checker opened from a disk. */
export const served: string | null = /^https?:$/.test(location.protocol) ? `${location.origin}/verify` : null
