/**
 * Photos and clips that were chosen and have not gone up yet, kept in the browser's own database so that a reload or a lost
 * network does not lose them. They belong to an account and a form, and go with both.
 */
export interface HeldFile {
  /** Also the upload's key: going up again is the same upload. */
  key: string
  account: string
  form: string
  file: File
}

const store = 'files'
let opening: Promise<IDBDatabase> | undefined

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('yizhi.held', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: 'key' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opening
}

/** A browser that keeps nothing still uploads; hence no failure leaves here. */
async function ask<R>(mode: IDBTransactionMode, work: (files: IDBObjectStore) => IDBRequest<R>): Promise<R | null> {
  try {
    const request = work((await database()).transaction(store, mode).objectStore(store))
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  } catch {
    return null
  }
}

export const fileHold = (held: HeldFile): Promise<unknown> => ask('readwrite', (files) => files.put(held))
export const fileRelease = (key: string): Promise<unknown> => ask('readwrite', (files) => files.delete(key))

export async function filesHeld(account: string, form: string): Promise<HeldFile[]> {
  const all = (await ask<HeldFile[]>('readonly', (files) => files.getAll())) ?? []
  return all.filter((one) => one.account === account && one.form === form)
}

/** Those of one form, or of whoever the predicate names. */
export async function filesRelease(which: (held: HeldFile) => boolean): Promise<void> {
  const all = (await ask<HeldFile[]>('readonly', (files) => files.getAll())) ?? []
  await Promise.all(all.filter(which).map((one) => fileRelease(one.key)))
}
