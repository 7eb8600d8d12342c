/**
 * Starts the real binary on a fresh folder and a free port, waits until it is ready, and leaves nothing behind.
 * YIZHI_BIN names the binary; YIZHI_KEEP=1 keeps the folder and says where it is.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Two counties, so that there is somebody whose slice a case is not in. */
export const places = ['350302', '350128']
/** Simulated cases: enough for every list and map to hold some, few enough to load in seconds. */
const cases = process.env['YIZHI_E2E_CASES'] ?? '1500'

export interface Platform {
  url: string
  data: string
  stop: () => Promise<void>
}

/** `settings` are the server's environment, over the test's own. */
export async function startPlatform(settings: Record<string, string> = {}, count = cases): Promise<Platform> {
  const binary = binaryPath()
  const folder = await mkdtemp(join(tmpdir(), 'yizhi-e2e-'))
  const data = join(folder, 'data')
  const address = `127.0.0.1:${await freePort()}`
  const log = join(folder, 'server.log')

  await load(binary, ['demo', '--data', data, '--listen', address, '--place', places.join(','), '--cases', count, '--load-only'], log)
  return serve(binary, folder, data, address, log, settings)
}

/**
 * An installation on its first day, outside the demo: the divisions of one county, and one administrator, who has a
 * one-time code from the command line.
 */
export async function startInstallation(account: string): Promise<Platform & { code: string }> {
  const binary = binaryPath()
  const folder = await mkdtemp(join(tmpdir(), 'yizhi-e2e-new-'))
  const data = join(folder, 'data')
  const log = join(folder, 'server.log')
  const command = (...args: string[]) => execute(binary, [...args, '--data', data])
  await writeDivisions(join(folder, 'divisions'))
  await command('region', 'import', join(folder, 'divisions'))
  const { stdout } = await command('person', 'create', '--account', account, '--name', '林安', '--region', `${places[0]}000000`)
  const platform = await serve(binary, folder, data, `127.0.0.1:${await freePort()}`, log)
  return { ...platform, code: stdout.trim() }
}

/** The county's divisions as `yizhi region import` takes them: a list for each level, codes as long as their level. */
async function writeDivisions(folder: string): Promise<void> {
  const source = resolve(import.meta.dirname, `../../catalog/places/${places[0]}/divisions.csv`)
  const rows = readFileSync(source, 'utf8').trim().split('\n').slice(1).map((line) => line.split(','))
  await mkdir(folder)
  for (const [list, level, digits] of lists) {
    const lines = rows.filter((row) => row[0] === level).map(([, code, name]) => `${code?.slice(0, digits)},${name}`)
    await writeFile(join(folder, `${list}.csv`), ['code,name', ...lines, ''].join('\n'))
  }
}

const lists = [
  ['provinces', 'province', 2], ['cities', 'city', 4], ['areas', 'county', 6], ['streets', 'township', 9], ['villages', 'village', 12],
] as const

const execute = promisify(execFile)

async function serve(binary: string, folder: string, data: string, address: string, log: string, settings: Record<string, string> = {}): Promise<Platform> {
  const server = start(binary, ['serve', '--data', data, '--listen', address], log, settings)
  const stop = async () => {
    await end(server)
    if (process.env['YIZHI_KEEP']) console.log(`kept: ${folder}`)
    else await rm(folder, { recursive: true, force: true })
  }
  try {
    await ready(`http://${address}/readyz`, server)
  } catch (error) {
    await stop()
    throw new Error(`${String(error)}\n${tail(log)}`)
  }
  return { url: `http://${address}`, data, stop }
}

function binaryPath(): string {
  const root = resolve(import.meta.dirname, '../..')
  const target = resolve(root, process.env['CARGO_TARGET_DIR'] ?? 'target')
  const path = process.env['YIZHI_BIN'] ?? join(target, 'debug/yizhi')
  if (!existsSync(path)) throw new Error(`${path} does not exist: run \`make build\` first, or set YIZHI_BIN`)
  return path
}

function start(binary: string, args: string[], log: string, settings: Record<string, string> = {}): ChildProcess {
  const output = openSync(log, 'a')
  const child = spawn(binary, args, { stdio: ['ignore', output, output], env: { ...process.env, ...settings } })
  closeSync(output)
  return child
}

async function load(binary: string, args: string[], log: string): Promise<void> {
  const started = Date.now()
  const [code] = (await once(start(binary, args, log), 'exit')) as [number | null]
  if (code !== 0) throw new Error(`yizhi ${args[0]} ended with ${code}\n${tail(log)}`)
  console.log(`demo data loaded in ${Math.round((Date.now() - started) / 1000)} s`)
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  for (const limit = Date.now() + 60_000; Date.now() < limit; await pause(100)) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`)
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
  }
  throw new Error(`${url} did not answer within a minute`)
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const gone = once(server, 'exit')
  server.kill('SIGTERM')
  const killer = globalThis.setTimeout(() => server.kill('SIGKILL'), 15_000)
  await gone
  clearTimeout(killer)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const tail = (log: string): string => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-40).join('\n') : '')
