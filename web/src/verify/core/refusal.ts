/** Why something is not believed, by the link of the chain that is broken, for the page to put into words. */
export type Fault =
  /** This browser has no cryptography at this address: it gives it to https and to files only. */
  | { link: 'browser' }
  | { link: 'keys'; why: 'key' | 'algorithm' | 'id'; line: number }
  | { link: 'keys'; why: 'log' | 'quorum' | 'unreadable' | 'unreachable' }
  | { link: 'keys'; why: 'witness' | 'twice'; name: string }
  | { link: 'file'; why: 'version' | 'extra' | 'index' | 'proof' | 'checkpoint' | 'tooLong' | 'characters' | 'signatures' }
  | { link: 'file'; why: 'noFields' | 'fields' }
  | { link: 'place'; why: 'range' | 'length' | 'root' }
  | { link: 'log'; why: 'origin'; found: string; pinned: string }
  | { link: 'log'; why: 'signature' | 'unsigned'; name: string }
  | { link: 'witnesses'; why: 'signature'; name: string }
  | { link: 'witnesses'; why: 'quorum'; found: number; needed: number }
  | { link: 'sheet'; why: 'other' | 'key' }

export type Link = Fault['link']

/** Thrown by the readers and by the check; anything else that is thrown is a mistake of the program. */
export class Refusal extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super('why' in fault ? `${fault.link}: ${fault.why}` : fault.link)
    this.fault = fault
  }
}

export function refuse(fault: Fault): never {
  throw new Refusal(fault)
}
