/** What a browser would hold of photos that have not gone up, for tests that look at it. */
export const held = new Map<string, { key: string; form: string; file: File }>()

export const fileHold = async (one: { key: string; form: string; file: File }) => held.set(one.key, one)
export const fileRelease = async (key: string) => held.delete(key)
export const filesHeld = async (_account: string, form: string) => [...held.values()].filter((one) => one.form === form)
export const filesRelease = async () => {}
