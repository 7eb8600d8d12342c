// HTTP over bare sockets: connections that send what no polite client would send, and as fast as they are answered.
import net from 'node:net'

/** A connection of one attacker. It reconnects when it was closed; requests are answered one after another. */
export class Wire {
  constructor(port) {
    this.port = port
    this.socket = null
    this.buffer = Buffer.alloc(0)
    this.waiting = null
  }

  async open() {
    if (this.socket && !this.socket.destroyed && this.socket.writable) return
    this.buffer = Buffer.alloc(0)
    const socket = net.connect(this.port, '127.0.0.1')
    socket.setNoDelay(true)
    this.socket = socket
    socket.on('data', data => {
      this.buffer = this.buffer.length ? Buffer.concat([this.buffer, data]) : data
      this.#look()
    })
    const over = () => this.waiting?.reject(new Error('closed'))
    socket.on('error', over)
    socket.on('close', over)
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('closed')))
    })
  }

  close() {
    this.socket?.destroy()
  }

  /** Sends bytes as they are and waits for one answer: its status and length. */
  async raw(bytes) {
    await this.open()
    const answer = new Promise((resolve, reject) => (this.waiting = { resolve, reject }))
    answer.catch(() => {})
    this.socket.write(bytes)
    try {
      return await answer
    } finally {
      this.waiting = null
    }
  }

  request(method, path, headers = {}, body = null) {
    return this.raw(message(method, path, headers, body))
  }

  #look() {
    if (!this.waiting) return
    const end = this.buffer.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.buffer.toString('latin1', 0, end)
    const status = Number(head.slice(9, 12))
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)
    let total
    if (length) total = end + 4 + Number(length[1])
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      const last = this.buffer.indexOf('\r\n0\r\n\r\n', end + 2)
      if (last < 0) return
      total = last + 7
    } else total = end + 4
    if (this.buffer.length < total) return
    const body = this.buffer.subarray(end + 4, total)
    this.buffer = this.buffer.subarray(total)
    if (/\r\nconnection: *close/i.test(head)) this.socket.destroy()
    this.waiting.resolve({ status, head, body })
  }
}

export function message(method, path, headers = {}, body = null) {
  const lines = [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1']
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  const bytes = body === null ? null : Buffer.isBuffer(body) ? body : Buffer.from(body)
  if (bytes) lines.push(`content-length: ${bytes.length}`)
  const head = Buffer.from(lines.join('\r\n') + '\r\n\r\n', 'latin1')
  return bytes ? Buffer.concat([head, bytes]) : head
}

export const sleep = (ms, signal) =>
  new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })

/** A socket without a reader of answers, for those who hold connections open. Destroyed when the attack is over. */
export function socket(port, signal, onConnect) {
  const one = net.connect(port, '127.0.0.1', () => onConnect?.(one))
  one.on('error', () => {})
  signal.addEventListener('abort', () => one.destroy(), { once: true })
  return one
}
